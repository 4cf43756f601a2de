import type { Kysely } from "kysely";
import type { AuditLine } from "../ports.js";
import type { Tables } from "./tables.js";

export async function appendAudit(db: Kysely<Tables>, line: AuditLine): Promise<void> {
  await db
    .insertInto("audit")
    .values({
      at: line.at,
      actor: line.actor,
      request_id: line.requestId ?? null,
      action: line.action,
      subject: line.subject,
      detail: JSON.stringify(line.detail),
    })
    .execute();
}
