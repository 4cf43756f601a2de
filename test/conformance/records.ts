import type { Filter, GroupRecord, UserRecord } from "../../src/directory/index.js";
import type { Member } from "../../src/membership/index.js";
import type { Link, Outcome } from "../../src/ports.js";

export const AT = "2026-01-01T00:00:00.000Z";
export const NOW = Date.parse(AT);

export const aUser = (id: string, more: Partial<UserRecord> = {}): UserRecord => {
  const userName = more.userName ?? `${id}@acme.example`;
  return {
    id,
    userName,
    externalId: undefined,
    active: true,
    attributes: { userName, emails: [{ value: userName, type: "work", primary: true }] },
    version: 1,
    created: AT,
    lastModified: AT,
    ...more,
  };
};

export const aGroup = (id: string, displayName: string, more: Partial<GroupRecord> = {}): GroupRecord => ({
  id,
  displayName,
  externalId: undefined,
  attributes: { displayName },
  version: 1,
  created: AT,
  lastModified: AT,
  ...more,
});

export const outcome = (state: Outcome["state"], more: Partial<Outcome> = {}): Outcome => ({
  state,
  reason: "as told",
  warning: undefined,
  role: "AN",
  desiredRole: "AN",
  lastError: undefined,
  at: AT,
  ...more,
});

export const aLink = (personId: string, userId: number, more: Partial<Link> = {}): Link => ({
  personId,
  userId,
  email: `${personId}@acme.example`,
  tombstone: false,
  createdByUs: false,
  everMatched: false,
  roleBeforeDeactivation: undefined,
  namesSent: "",
  ...more,
});

export const aMember = (userId: number, email: string, more: Partial<Member> = {}): Member => ({
  userId,
  email,
  role: "AN",
  roleSource: undefined,
  userType: undefined,
  firstName: "",
  lastName: "",
  ...more,
});

export const eq = (path: string, value: string | boolean, caseExact = false): Filter => ({
  kind: "compare",
  path: path.split("."),
  operator: "eq",
  value,
  caseExact,
});
