import { backUpDatabase } from "../beside.js";
import { readClientSettings, readEnvironment } from "../config.js";
import { BridgeError, type ErrorCode } from "../errors.js";
import { EXIT, type Io } from "./io.js";

/** A copy of the SQLite database, also while it is served. Exit code 1 when it cannot be written, 2 on PostgreSQL, 69 when there is none. */
export async function backup(file: string, io: Io): Promise<number> {
  const { databaseUrl } = readClientSettings(readEnvironment(io.environment));
  try {
    const { users, groups, bytes } = await backUpDatabase(databaseUrl, file);
    io.out(`${file}: ${users} users, ${groups} groups, ${bytes} bytes`);
    return EXIT.fine;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    io.err(error.message);
    return CODES[error.code] ?? EXIT.problems;
  }
}

const CODES: { readonly [Code in ErrorCode]?: number } = {
  CONFIG_INVALID: EXIT.configuration,
  NOT_FOUND: EXIT.unreachable,
};
