// assigning: tags, workspaces and projects, for many people in one call. A part of the loop: whoever's role is settled is
// handed on to lane `assign`, gathered there, and settled when they are in what the mapping says.
export { assigners } from "./crew.js";
export { handOn, isOpen } from "./hand-on.js";
export { leftWith } from "./left-with.js";
export type { SectionProblem } from "./faults.js";
export { placesOf, type Places } from "./places.js";
