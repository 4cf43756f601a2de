import { existsSync } from "node:fs";
import { BridgeError } from "../errors.js";

/** The file of a SQLite database; PostgreSQL's tells when it is opened. */
const fileOf = (databaseUrl: string): string | undefined => /^sqlite:(.+)$/.exec(databaseUrl)?.[1];

export function isThere(databaseUrl: string): boolean {
  const file = fileOf(databaseUrl);
  return file === undefined || existsSync(file);
}

/** Without a running bridge to ask a command works on its database, and makes none where there is none; told as unreachable. */
export function mustExist(databaseUrl: string): void {
  if (isThere(databaseUrl)) return;
  const problem = `No database at ${fileOf(databaseUrl)}, and no ADMIN_TOKEN to ask a running bridge.`;
  throw new BridgeError("NOT_FOUND", problem);
}
