import { sql, type Selectable } from "kysely";
import { BridgeError } from "../errors.js";
import type { AuditLine, Credential, Credentials, SigningKey } from "../ports.js";
import { appendAudit } from "./audit.js";
import type { Db, Engine } from "./engine.js";
import { isUniqueViolation } from "./faults.js";
import { number } from "./number.js";
import { prepared } from "./prepared.js";
import type { CredentialTable } from "./tables.js";

/** The one in use and the one that follows it. Unique with the name, so that of three made at once one is refused. */
const SLOTS = [1, 2] as const;
const ACCESS_TOKENS = "access tokens";

export function credentials({ reads, write, note }: Engine): Credentials {
  return {
    all: async () => (await everything(reads)).map(toCredential),
    add: (credential, line) => write((db) => add(db, credential, line)),
    revoke: (ids, line) => write((db) => revoke(db, ids, line)),
    noteUses: (uses) =>
      note(async (db) => {
        for (const [id, at] of uses) await noteUse(db, at, id, at);
      }),
    signingKey: (proposed, at) => write((db) => keepFirst(db, proposed, at)),
  };
}

const everything = prepared((db) => db.selectFrom("credentials").selectAll().orderBy("created_at").orderBy("id"));

const toCredential = (row: Selectable<CredentialTable>): Credential => ({
  id: row.id,
  kind: row.kind as Credential["kind"],
  name: row.name,
  digest: row.digest,
  createdAt: Number(row.created_at),
  expiresAt: row.expires_at === null ? undefined : Number(row.expires_at),
  lastUsedAt: row.last_used_at === null ? undefined : Number(row.last_used_at),
});

async function add(db: Db, credential: Credential, line: AuditLine): Promise<void> {
  const { id, kind, name, digest, createdAt } = credential;
  const ofName = await db.selectFrom("credentials").selectAll().where("name", "=", name).execute();
  await db.deleteFrom("credentials").where("name", "=", name).where("expires_at", "<=", number(createdAt)).execute();
  const live = ofName.filter((row) => row.expires_at === null || Number(row.expires_at) > createdAt);
  const slot = SLOTS.find((each) => live.every((row) => row.slot !== each));
  if (slot === undefined) throw full(name);
  const row = { id, kind, name, slot, digest, created_at: createdAt, last_used_at: null };
  try {
    await db
      .insertInto("credentials")
      .values({ ...row, expires_at: credential.expiresAt ?? null })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error)) throw full(name);
    throw error;
  }
  await appendAudit(db, line);
}

const full = (name: string): BridgeError =>
  new BridgeError(
    "UNIQUENESS",
    `Two credentials called ${JSON.stringify(name)} are live, which is what an exchange needs: revoke one first.`,
  );

async function revoke(db: Db, ids: readonly string[], line: AuditLine): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const gone = await db.deleteFrom("credentials").where("id", "in", ids).returning("id").execute();
  if (gone.length > 0) await appendAudit(db, line);
  return gone.map(({ id }) => id);
}

const noteUse = prepared((db, at: number, id: string, before: number) =>
  db
    .updateTable("credentials")
    .set({ last_used_at: at })
    .where("id", "=", id)
    .where((eb) => eb.or([eb("last_used_at", "is", null), eb("last_used_at", "<", before)])),
);

async function keepFirst(db: Db, { id, secret }: SigningKey, created_at: number): Promise<SigningKey> {
  await db
    .insertInto("signing_keys")
    .values({ purpose: ACCESS_TOKENS, id, secret, created_at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const kept = db.selectFrom("signing_keys").select(["id", "secret"]).where("purpose", "=", sql.lit(ACCESS_TOKENS));
  return kept.executeTakeFirstOrThrow();
}
