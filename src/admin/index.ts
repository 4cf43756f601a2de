// admin: what operators and orchestrators ask the running bridge: health, readiness, metrics, status.
// Invariant: reads only; an operator's token is never a SCIM token, and without ADMIN_TOKEN there is no /admin at all.
// Flow: bridge mounts it; it reads the store and the reconciler's report, never Label Studio.
export { adminRouter, type AdminOptions } from "./router.js";
export { healthRouter, type HealthOptions, type Readiness } from "./health.js";
export type { Status } from "./status.js";
