import { sql } from "kysely";
import type { Db, Identity } from "../engine.js";

const UNKNOWN = "?";

/**
 * The cluster, the database in it, and the table in that: a dump that is restored makes a new table at least. The cluster's
 * number is unknown to those who may not call pg_control_system().
 */
export const clusterIdentity: Identity = {
  read: async (db) => {
    const cluster = (await mayReadCluster(db)) ? await clusterNumber(db) : UNKNOWN;
    const { rows } = await sql<{ database: string; facts: string }>`select
      (select cast(oid as text) from pg_database where datname = current_database()) as database,
      cast(cast('facts'::regclass as oid) as text) as facts`.execute(db);
    return `postgres ${cluster} ${rows[0]?.database ?? UNKNOWN} ${rows[0]?.facts ?? UNKNOWN}`;
  },
  isSame: (remembered, read) => {
    const before = remembered.split(" ");
    return read
      .split(" ")
      .every((part, index) => part === before[index] || part === UNKNOWN || before[index] === UNKNOWN);
  },
};

async function mayReadCluster(db: Db): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`
    select has_function_privilege('pg_control_system()', 'execute') as may`.execute(db);
  return rows[0]?.may === true;
}

async function clusterNumber(db: Db): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    select cast(system_identifier as text) as id from pg_control_system()`.execute(db);
  return rows[0]?.id ?? UNKNOWN;
}
