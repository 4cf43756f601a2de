import { mkdir, open as openFile } from "node:fs/promises";
import { dirname } from "node:path";
import { Kysely } from "kysely";
import { BridgeError } from "../../errors.js";
import type { Engine } from "../engine.js";
import type { Tables } from "../tables.js";
import { sharedCommits } from "./commits.js";
import { connect, type Connection } from "./connection.js";
import { sqliteDialect } from "./dialect.js";
import { fileIdentity, noIdentity } from "./identity.js";

export { backUpFile, type BackedUp } from "./backup.js";

/** `:memory:` has one connection only: there a read may see what another write has not committed yet. */
const IN_MEMORY = ":memory:";

/** One connection writes; reads have one of their own, which sees committed pages and waits for nobody. */
export async function sqliteEngine(file: string, prepare: (db: Engine["reads"]) => Promise<void>): Promise<Engine> {
  const writer = await open(file);
  const db = new Kysely<Tables>({ dialect: sqliteDialect(writer) });
  await prepare(db);
  const reader = file === IN_MEMORY ? writer : connect(file, "read");
  const reads = reader === writer ? db : new Kysely<Tables>({ dialect: sqliteDialect(reader) });
  const { write, note } = sharedCommits(writer, db);
  const end = async (): Promise<void> => {
    // What was handed in before is committed first.
    await write(() => Promise.resolve());
    // The writer last: whoever closes last empties the write-ahead log into the file.
    await reads.destroy();
    // Kysely leaves a connection open that has only ever been used directly.
    reader.close();
    await db.destroy();
    writer.close();
  };
  let ended: Promise<void> | undefined;
  const identity = file === IN_MEMORY ? noIdentity : fileIdentity(file);
  return { reads, write, note, identity, close: () => (ended ??= end()) };
}

async function open(file: string): Promise<Connection> {
  try {
    if (file !== IN_MEMORY) await make(file);
    return connect(file, "write");
  } catch (error) {
    throw new BridgeError("STORE_UNAVAILABLE", `Cannot open the database ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * For its owner only: it says who works where, and holds the key that access tokens are signed with. The log beside it gets
 * the same rights (sqlite.org/tempfiles.html). What is there already keeps those that somebody has given it.
 */
async function make(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await (await openFile(file, "a", 0o600)).close();
}
