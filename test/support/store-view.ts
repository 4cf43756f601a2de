// What lies in the bridge's database, read on a connection of its own.
import { DatabaseSync } from "@photostructure/sqlite";

export interface PersonView {
  readonly id: string;
  readonly living: boolean;
  readonly active: boolean;
  /** Outcome as last settled. */
  readonly state: string | undefined;
  readonly reason: string | undefined;
  readonly waits: boolean;
  /** The Label Studio account. */
  readonly userId: number | undefined;
  readonly tombstone: boolean;
}

export interface AuditView {
  readonly at: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface StoreView {
  people(): readonly PersonView[];
  /** What the bridge has begun to do at Label Studio. */
  sent(): readonly AuditView[];
  close(): void;
}

const PEOPLE = `
  select ids.id, users.id is not null as living, users.active, outcomes.state, outcomes.reason,
    outbox.person_id is not null and outbox.failing = 0 as waits, links.user_id, links.tombstone
  from (select id from users union select person_id from outcomes union select person_id from outbox
    union select person_id from links) as ids
  left join users on users.id = ids.id
  left join outcomes on outcomes.person_id = ids.id
  left join outbox on outbox.person_id = ids.id
  left join links on links.person_id = ids.id`;

const SENT = `select at, action, subject, detail from audit where actor = 'bridge' and detail ->> 'stage' = 'sent'`;

type Row = Readonly<Record<string, unknown>>;

const personOf = (row: Row): PersonView => ({
  id: String(row["id"]),
  living: row["living"] === 1,
  active: row["active"] === 1,
  state: (row["state"] as string | null) ?? undefined,
  reason: (row["reason"] as string | null) ?? undefined,
  waits: row["waits"] === 1,
  userId: (row["user_id"] as number | null) ?? undefined,
  tombstone: row["tombstone"] === 1,
});

const auditOf = (row: Row): AuditView => ({
  at: String(row["at"]),
  action: String(row["action"]),
  subject: String(row["subject"]),
  detail: JSON.parse(String(row["detail"])) as Row,
});

export function viewOf(databaseUrl: string): StoreView {
  const database = new DatabaseSync(databaseUrl.replace(/^sqlite:/, ""), { readOnly: true });
  const people = database.prepare(PEOPLE);
  const sent = database.prepare(SENT);
  return {
    // Arrays of our own: those of the native module are strangers in jest's world.
    people: () => Array.from(people.all() as Row[], personOf),
    sent: () => Array.from(sent.all() as Row[], auditOf),
    close: () => database.close(),
  };
}
