// foresight: what would be done to people, and why, from directory, mapping and what was last observed.
// Invariant: no call, nothing written; what it says is what the loop's next look would decide on the same knowledge.
// Flow: reconcile counts with it before anything goes out; bridge hands plans and explanations to operators.
export {
  afterRejection,
  changeOf,
  foresee,
  fromTo,
  isAbout,
  isRejected,
  reassignmentsOf,
  type Foreseen,
  type Known,
} from "./foresee.js";
export {
  explainGroup,
  explainPerson,
  type AssignmentExplained,
  type GroupExplained,
  type PersonExplained,
} from "./explain.js";
export { planEverybody, type Plan, type PlannedChange } from "./plan.js";
export { INVITED, invitation, invitedFact, openInvitation } from "./invitation.js";
export { catalogIn, reassigning, type Reassigning } from "./reassigning.js";
export { toPerson } from "./person.js";
export { PRINCIPAL, principalIn } from "./principal.js";
