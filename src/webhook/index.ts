// webhook: tells one configured address what needs somebody's attention: held, failing, paused, Label Studio down or up, tokens.
// Invariant: ids, codes and counts only; sent to that address alone, by the process that runs the loop alone; nobody waits for it.
// Flow: the situation is looked at every few seconds, by the store and by events; what differs from what was told is told.
export { startNotices, type Notices, type NoticesOptions, type WebhookSettings } from "./notices.js";
