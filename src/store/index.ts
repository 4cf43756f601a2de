// store: the durable side: directory, outbox, links, outcomes, observed cache, audit, facts, behind the Store port.
// Invariant: what a resolved promise says is stored is on disk; inside a transaction nothing but that transaction is awaited.
// Flow: scim writes the directory and the outbox through it, reconcile claims and settles; one schema, plain SQL tables.
export { inspectStore } from "./inspect.js";
export { openStore, type StoreOptions } from "./open.js";
export { backUp } from "./backup.js";
