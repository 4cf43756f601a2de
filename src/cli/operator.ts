import { openOperations } from "../beside.js";
import { readClientSettings, readEnvironment } from "../config.js";
import { BridgeError } from "../errors.js";
import type { Operations } from "../operator/index.js";
import { mustExist } from "./database.js";
import { EXIT, type Io } from "./io.js";
import { remoteOperations } from "./remote.js";
import { refuse } from "./serve.js";
import { readMapping } from "./settings.js";

/** Where to ask: a running bridge, or else the store. */
export interface Where {
  readonly url?: string;
  readonly token?: string;
}

export interface Asked extends Where {
  /** One JSON document on standard output instead of lines. */
  readonly json: boolean;
}

/** Hands over what the running bridge offers, or, without any token for it, what its store does; answers the exit code. */
export async function withOperations(
  { url, token }: Where,
  io: Io,
  work: (operations: Operations) => Promise<number>,
): Promise<number> {
  const settings = readClientSettings(readEnvironment(io.environment));
  const secret = token ?? settings.adminToken;
  try {
    if (secret !== undefined || url !== undefined)
      return await work(remoteOperations(url ?? settings.url, secret ?? ""));
    return await onStore(settings, io, work);
  } catch (error) {
    if (error instanceof BridgeError && error.code !== "CONFIG_INVALID") {
      io.err(error.message);
      return EXIT.unreachable;
    }
    throw error;
  }
}

async function onStore(
  { databaseUrl, mappingFile }: { readonly databaseUrl: string; readonly mappingFile: string },
  io: Io,
  work: (operations: Operations) => Promise<number>,
): Promise<number> {
  mustExist(databaseUrl);
  const read = await readMapping(mappingFile);
  const problems = read.kind === "problems" ? read.problems : [];
  const operations = await openOperations({ databaseUrl, mapping: read.kind === "mapping" ? read.mapping : undefined });
  if (!operations) return refuse(io, problems);
  // Nobody has to put a file right first who is in a hurry to pause.
  if (problems.length > 0) io.err(`The mapping in force is used: ${problems.join(" ")}`);
  try {
    return await work(operations);
  } finally {
    await operations.close();
  }
}

const PAGE = 200;

/** Every page of a list. */
export async function everyPage<T extends { readonly personId: string }>(
  page: (afterId: string, limit: number) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let rows = await page("", PAGE); rows.length > 0; rows = await page(all.at(-1)?.personId ?? "", PAGE)) {
    all.push(...rows);
    if (rows.length < PAGE) break;
  }
  return all;
}
