import { access } from "node:fs/promises";
import { BridgeError } from "../errors.js";
import { backUpFile, type BackedUp } from "./sqlite/index.js";

/** A copy of the database at this URL, while it is served or not. PostgreSQL has commands of its own for that. */
export async function backUp(url: string, to: string, takenAt: string): Promise<BackedUp> {
  const file = /^sqlite:(.+)$/.exec(url)?.[1];
  if (file === undefined)
    throw new BridgeError("CONFIG_INVALID", "DATABASE_URL is no SQLite file: back PostgreSQL up with pg_dump.");
  await access(file).catch(() => {
    throw new BridgeError("NOT_FOUND", `No database at ${file}.`);
  });
  return backUpFile(file, to, takenAt);
}
