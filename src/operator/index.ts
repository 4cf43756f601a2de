// operator: what those who run the bridge can ask and decide, over the ports.
// Invariant: decides about holds, pauses and retries only; it never says what somebody's role should be, nor reaches Label Studio.
// Flow: admin serves it over HTTP and the commands of cli call it there, or straight on a store.
export { operations, type OperationsOptions } from "./operations.js";
export type { GroupExplained, PersonExplained, Plan } from "../foresight/index.js";
export { survey, type MappingShown, type SeatsShown, type Survey } from "./survey.js";
export { remedyFor } from "./remedies.js";
export type { Activity } from "./activity.js";
export type { Change, ChangeFilter, ChangePage } from "./changes.js";
export type { PeoplePage } from "./search.js";
export type { SeatReport } from "./seats.js";
export type { Counts, Operations, Subject } from "./types.js";
