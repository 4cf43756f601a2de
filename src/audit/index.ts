// audit: the audit log as a chain of hashes: made, cut, verified and handed out.
// Invariant: writers never wait for it; whatever it says is proved follows from the records and the chain alone.
// Flow: the process that runs the loop extends the chain after the commits; operators export and verify it at any time.
export { exportAudit, type ExportAsked } from "./export.js";
export { keepTrail, type KeepOptions } from "./keep.js";
export { auditLog, type AuditLog, type ExportRequest } from "./log.js";
export { verifyTrail, type Verified, type VerifyOptions } from "./verify.js";
