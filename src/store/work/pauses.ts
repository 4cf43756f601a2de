import { sql } from "kysely";
import type { AuditLine, Pause } from "../../ports.js";
import { appendAudit } from "../audit.js";
import type { Db } from "../engine.js";
import { prepared } from "../prepared.js";

const PAUSE = "pause";
const pauseFact = prepared((db) => db.selectFrom("facts").select("value").where("name", "=", sql.lit(PAUSE)));

export async function pauseOf(db: Db): Promise<Pause | undefined> {
  const [row] = await pauseFact(db);
  return row && (JSON.parse(row.value) as Pause);
}

export async function putPause(db: Db, pause: Pause | undefined, line: AuditLine): Promise<void> {
  await db.deleteFrom("facts").where("name", "=", PAUSE).execute();
  if (pause)
    await db
      .insertInto("facts")
      .values({ name: PAUSE, value: JSON.stringify(pause) })
      .execute();
  await appendAudit(db, line);
}
