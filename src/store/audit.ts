import type { Kysely } from "kysely";
import type { AuditLine } from "../ports.js";
import { prepared } from "./prepared.js";
import type { Tables } from "./tables.js";

const append = prepared(
  (db, at: string, actor: string, request_id: string | null, action: string, subject: string, detail: string) =>
    db.insertInto("audit").values({ at, actor, request_id, action, subject, detail }),
);

export async function appendAudit(db: Kysely<Tables>, line: AuditLine): Promise<void> {
  const { at, actor, requestId = null, action, subject } = line;
  await append(db, at, actor, requestId, action, subject, JSON.stringify(line.detail));
}
