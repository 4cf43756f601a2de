// admin: what operators and orchestrators ask the running bridge: health, readiness, metrics, the API and the page of operators.
// Invariant: whatever is decided goes through operator; an operator's token is never a SCIM token, who only reads decides
// nothing, and without ADMIN_TOKEN there is no /admin at all. Text becomes HTML in page/html.ts and nowhere else.
// Flow: bridge mounts it; access/ says who asks, api.ts and page/ ask operator; none of them reaches Label Studio.
export { adminRouter, type AdminOptions } from "./router.js";
export { healthRouter, metricsRouter, type HealthOptions, type Readiness, type ReadyPart } from "./health.js";
export type { Status } from "./status.js";
