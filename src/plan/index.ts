// plan: desired against observed → the next operation for an account, and which of them a rail holds back.
// Invariant: pure. A policy can turn allowed into held; it never adds, drops or changes an operation.
// Flow: reconcile hands in what it knows of each account and carries out what comes back as allowed.
export { awaitsFirstMatch } from "./active.js";
export { decide } from "./decide.js";
export { settled, type Decision, type Rules } from "./decision.js";
export { driftOf, reported, type Drift } from "./drift.js";
export { namesKey, type Account, type LinkFacts, type Person } from "./account.js";
export type { Joining, MemberOperation, Operation, OperationKind, Reassignment } from "./operation.js";
export {
  reassign,
  reassigned,
  type Desired,
  type Assigned,
  type Granted,
  type Holding,
  type Ledger,
  type Lost,
  type Reassigned,
} from "./reassign.js";
export {
  catalogOf,
  isNameable,
  locate,
  namesIn,
  unknownNames,
  unknownThings,
  type Catalog,
  type Located,
} from "./catalog.js";
export { grouped, type Part } from "./grouped.js";
export type { Assignment } from "./assignment.js";
export type { Change, Verdict } from "./change.js";
export { destination, effectOf, EFFECTS, type Effect } from "./effect.js";
export { applyRails } from "./rails.js";
export { isOrdinary } from "./policies/untouchable.js";
export { limitOn, type Budget } from "./policies/budget.js";
export { withoutSeat } from "./seatless.js";
export { needsSeat } from "./policies/seats.js";
export type { Resting, SeatSupply } from "./policies/supply.js";
export type { RailContext } from "./policies/policy.js";
