// Row types of migrations/*.ts. Booleans are 0/1 and instants milliseconds, because both databases bind those alike.
import type { Generated, Insertable } from "kysely";
import type { HoldKind } from "../ports.js";

export interface Tables {
  users: UserTable;
  groups: GroupTable;
  members: { group_id: string; member_id: string; type: string; display: string | null };
  addresses: { user_id: string; address: string; source: "email" | "userName" };
  tombstones: { person_id: string; attributes: string; deleted_at: string };
  links: LinkTable;
  outbox: OutboxTable;
  holds: HoldTable;
  spent: { person_id: string; effect: string; at: number; lost_role: number };
  tenures: TenureTable;
  refusals: { reason: string; probed_at: number };
  outcomes: OutcomeTable;
  observed: ObservedTable;
  assignables: { kind: string; id: number; name: string; read_at: number | null };
  /** `moved_at`: of the bridge's own last call about it; `gone`: which has taken them out. */
  assignees: {
    kind: string;
    target_id: number;
    user_id: number;
    role: string | null;
    moved_at: Generated<number>;
    gone: Generated<number>;
  };
  granted: { user_id: number; kind: string; target_id: number; role: string | null; ours: number };
  audit: AuditTable;
  audit_chain: AuditChainTable;
  /** Where the chain ends, and where it begins since the last cut. */
  audit_ends: { name: "head" | "anchor"; place: number; hash: string; at: number };
  facts: { name: string; value: string };
  credentials: CredentialTable;
  signing_keys: { purpose: string; id: string; secret: string; created_at: number };
  leases: { name: string; holder: string; until: number };
}

interface ResourceColumns {
  /** Order of arrival: what lists are sorted by, so that pages are stable. */
  position: Generated<number>;
  id: string;
  external_id: string | null;
  attributes: string;
  version: number;
  created: string;
  last_modified: string;
}

export interface UserTable extends ResourceColumns {
  user_name: string;
  /** Lower-cased userName, unique. */
  user_name_key: string;
  active: number;
}

export interface GroupTable extends ResourceColumns {
  display_name: string;
  display_name_key: string;
}

interface LinkTable {
  person_id: string;
  user_id: number;
  email: string;
  tombstone: number;
  created_by_us: number;
  ever_matched: number;
  role_before_deactivation: string | null;
  names_sent: string;
}

export interface OutboxTable {
  person_id: string;
  /** 0 leaver, 1 change, 2 review, 3 sweep, 4 assign. */
  lane: number;
  cause: string;
  first_at: number;
  due_at: number;
  seq: number;
  /** `seq` of the newest deactivation or deletion that has not been settled; 0: none. */
  leaver_seq: number;
  attempts: number;
  lease_until: number;
  refusal: string | null;
  failing: number;
  /** Whose doing it is; what the breaker holds together. */
  origin: string;
  /** What will be done to them, as foreseen; null: not foreseen yet. */
  effect: string | null;
  /** Of the newest request that it is about. */
  request_id: string | null;
  /** When the newest deactivation or deletion was stored. */
  leaver_at: number | null;
}

interface HoldTable {
  person_id: string;
  /** One row a person and kind. */
  kind: HoldKind;
  effect: string;
  from_role: string | null;
  to_role: string;
  origin: string;
  cause: string;
  reason: string;
  at: string;
  decision: string;
}

/** One person with one licensed seat, by their user id at Label Studio. */
interface TenureTable {
  position: Generated<number>;
  user_id: number;
  /** null: before the bridge first looked. */
  taken_at: number | null;
  freed_at: number | null;
  /** 1: given up early, and somebody has it by now. */
  passed_on: number;
  /** It was another person's who had it too short; until then it would have rested. */
  rotated_until: number | null;
}

interface OutcomeTable {
  person_id: string;
  state: string;
  reason: string;
  warning: string | null;
  role: string | null;
  desired_role: string | null;
  last_error: string | null;
  at: string;
  /** Held for want of a seat since then. */
  seat_since: number | null;
  /** When what the row says was first so; a look that finds everything as it was is no news. */
  changed_at: string;
}

interface ObservedTable {
  user_id: number;
  email: string;
  role: string | null;
  role_source: string | null;
  user_type: string | null;
  first_name: string;
  last_name: string;
  /** 1: no member. The row stays until the next complete read, lest a page asked for earlier brings them back. */
  gone: number;
  /** When the read that says so was asked for, or when our own write was answered. */
  seen_at: number;
}

/** What an identity provider proves itself with. */
export interface CredentialTable {
  id: string;
  kind: string;
  name: string;
  /** Which of the two of its name. */
  slot: number;
  digest: string;
  created_at: number;
  expires_at: number | null;
  last_used_at: number | null;
}

interface AuditTable {
  position: Generated<number>;
  at: string;
  actor: string;
  request_id: string | null;
  action: string;
  subject: string;
  detail: string;
}

/** One record of the audit log at its place in the chain, made after the commit. */
interface AuditChainTable {
  place: number;
  position: number;
  /** null: what was personal in it has been erased. */
  salt: string | null;
  /** Digest of what was personal in it, with the salt. */
  personal: string;
  hash: string;
  chained_at: number;
}

export type NewUserRow = Insertable<UserTable>;
export type NewGroupRow = Insertable<GroupTable>;
