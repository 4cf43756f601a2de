import { Kysely, sql } from "kysely";
import type { Inspected } from "../engine.js";
import type { Tables } from "../tables.js";
import { postgresDialect } from "./dialect.js";

interface Row {
  readonly version: string;
  readonly bytes: number;
  readonly standby: boolean;
  readonly transactions: string;
  readonly may_create: boolean;
}

export async function inspectPostgres(url: string): Promise<Inspected> {
  const db = new Kysely<Tables>({ dialect: postgresDialect(url) });
  const close = (): Promise<void> => db.destroy();
  try {
    const { rows } = await sql<Row>`select current_setting('server_version') as version,
      pg_database_size(current_database()) as bytes, pg_is_in_recovery() as standby,
      current_setting('transaction_read_only') as transactions,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create`.execute(db);
    const [row] = rows;
    if (!row) throw new Error("the server does not say what it is");
    return { engine: `PostgreSQL ${row.version}`, bytes: row.bytes, readOnly: readOnlyBy(row), db, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function readOnlyBy({ standby, transactions, may_create }: Row): string | undefined {
  if (standby) return "the server is a standby";
  if (transactions === "on") return "transactions are read-only here";
  return may_create ? undefined : "this user may not create tables";
}
