import { existsSync } from "node:fs";
import { BridgeError } from "../errors.js";

/** Without a running bridge to ask a command works on its database, and makes none where there is none; told as unreachable. */
export function mustExist(databaseUrl: string): void {
  const file = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  if (file !== undefined && !existsSync(file))
    throw new BridgeError("NOT_FOUND", `No database at ${file}, and no ADMIN_TOKEN to ask a running bridge.`);
}
