// directory: the nouns of the IdP side: users and groups as provisioned, and what can be asked of them.
// Invariant: plain readonly data as the IdP sent it; nothing of Label Studio. Pure.
// Flow: scim writes it, store keeps it, mapping and reconcile read it; imports nothing.
export type { Attributes, GroupRecord, GroupRef, Json, MemberRef, UserRecord } from "./records.js";
export {
  LABEL_STUDIO_EXTENSION,
  type Anchor,
  type CompareOperator,
  type Filter,
  type ListQuery,
  type Locations,
  type Page,
  type Shown,
  type Sort,
  type View,
} from "./queries.js";
export { emailAddresses, identityEmail, personName, DEFAULT_EMAIL_ORDER, type EmailPreference } from "./identity.js";
export { valuesAt } from "./values.js";
