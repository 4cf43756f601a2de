// node-postgres behind Kysely's PostgresDialect: a pool whose connections never outlive their use.
import { PostgresAdapter, PostgresDialect, type PostgresPoolClient } from "kysely";
import pg from "pg";
import type { Flavoured } from "../flavour.js";
import { postgresFlavour } from "./flavour.js";
import { storable } from "./storable.js";

/** Several processes share one server, which allows 100 connections by default. */
const MOST_CONNECTIONS = 10;
/** Also how long a request waits for one of the pool to be free. */
const CONNECT_MS = 10_000;
/** The slowest statement is a group of 50,000 members: 1 s. */
const STATEMENT_MS = 15_000;
const LOCK_MS = 10_000;
/** A process that was paused inside a transaction must not hold up the others. */
const IDLE_IN_TRANSACTION_MS = 10_000;
/** The server would have answered by now: the way to it is cut. */
const SILENCE_MS = STATEMENT_MS + 5_000;
const KEEP_ALIVE_MS = 10_000;

// Counts and instants fit a number; node-postgres hands them out as text.
const INT8: number = pg.types.builtins.INT8;

export function postgresDialect(url: string): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "label-studio-scim-bridge",
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    query_timeout: SILENCE_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    types: {
      getTypeParser: (id: number, format?: "text" | "binary"): unknown =>
        id === INT8 ? Number : pg.types.getTypeParser(id, format),
    },
  });
  // A connection that breaks while nobody asks is replaced at the next question, which is told if that fails too.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const known = new WeakMap<pg.PoolClient, PostgresPoolClient>();
  const connect = async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect();
    const adapted = known.get(client) ?? (await adapt(client));
    known.set(client, adapted);
    return adapted;
  };
  const dialect = new PostgresDialect({ pool: { connect, end: () => pool.end() } });
  dialect.createAdapter = () => new FlavouredAdapter();
  return dialect;
}

class FlavouredAdapter extends PostgresAdapter implements Flavoured {
  readonly flavour = postgresFlavour;
}

/** What is acknowledged is on disk, also where the server's default says otherwise. */
const DURABLE =
  "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

async function adapt(client: pg.PoolClient): Promise<PostgresPoolClient> {
  try {
    await client.query(DURABLE);
    return oneChance(client);
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** A connection that has once not answered still waits for that answer: it is not asked again. */
function oneChance(client: pg.PoolClient): PostgresPoolClient {
  let silent: Error | undefined;
  const query = async (text: string, parameters: readonly unknown[]): Promise<unknown> => {
    if (silent) throw silent;
    try {
      return await client.query(text, parameters.map(storable));
    } catch (error) {
      if (error instanceof Error && error.message === "Query read timeout") silent = error;
      throw error;
    }
  };
  return { query: query as PostgresPoolClient["query"], release: () => client.release(silent) };
}
