// reconcile: the loop that makes Label Studio agree: claim → resolve → observe → plan → apply → settle.
// Invariant: the only room that changes Label Studio, and apply.ts the only file; it acts on people, never on stored commands.
// Flow: the outbox says whom to look at; directory and mapping say what they should be; Target reads and writes; settle records.
export { loopLease } from "./lease.js";
export { tellProgress } from "./working-off.js";
export { startReconcile, type Reconciler } from "./terms.js";
export type { Duty, ReconcileOptions } from "./options.js";
export { warnings as upstreamWarnings, type UpstreamReport } from "./upstream.js";
