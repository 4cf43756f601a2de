// A store out of a backup does not know what was acknowledged since: whoever was deactivated meanwhile is at work in it.
import type { AuditLine, Pause } from "../../ports.js";
import type { Db, Identity } from "../engine.js";
import { flavourOf } from "../flavour.js";
import { putPause } from "./pauses.js";

/** Written into a backup, and into nothing else: ISO 8601, as of when it is. */
export const BACKUP = "backup.taken";
const IDENTITY = "database.identity";

/** All in one transaction: of two processes that start at once the second finds that it has been done. */
export async function pauseIfRestored(db: Db, identity: Identity, at: string): Promise<Pause | undefined> {
  const read = await identity.read(db);
  const remembered = await fact(db, IDENTITY);
  const taken = await fact(db, BACKUP);
  const isCopy = remembered !== undefined && !identity.isSame(remembered, read);
  if (remembered === undefined || isCopy) await remember(db, read);
  if (taken === undefined && !isCopy) return undefined;
  const pause = { all: true, at, because: await reason(db, taken) };
  await db.deleteFrom("facts").where("name", "=", BACKUP).execute();
  await putPause(db, pause, auditLine(at, pause.because));
  return pause;
}

const STEPS = "steps: docs/backup.md";

async function reason(db: Db, taken: string | undefined): Promise<string> {
  if (taken !== undefined) return `restored from a backup of ${taken}; ${STEPS}`;
  const newest = await db.selectFrom("audit").select("at").orderBy("position", "desc").limit(1).executeTakeFirst();
  return `the database is a copy, its newest entry of ${newest?.at ?? "unknown time"}; ${STEPS}`;
}

const auditLine = (at: string, because: string): AuditLine => ({
  at,
  actor: "bridge",
  requestId: undefined,
  action: "pause",
  subject: "bridge",
  detail: { all: true, because },
});

async function fact(db: Db, name: string): Promise<string | undefined> {
  const rows = db.selectFrom("facts").select("value").where("name", "=", name);
  return (await rows.modifyEnd(flavourOf(db).lock.toChange).executeTakeFirst())?.value;
}

async function remember(db: Db, value: string): Promise<void> {
  await db
    .insertInto("facts")
    .values({ name: IDENTITY, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}
