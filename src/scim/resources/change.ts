import type { Attributes, UserRecord } from "../../directory/index.js";
import { BridgeError, hasCode } from "../../errors.js";
import type { Lane, Transaction } from "../../ports.js";
import type { RequestContext } from "../context.js";

/** One write as it happens: everything below is in one store transaction. */
export interface Change {
  readonly tx: Transaction;
  /** ISO 8601, the same for all that the write touches. */
  readonly at: string;
  /** Puts people into the outbox; nothing happens without people. */
  readonly enqueue: (
    people: readonly string[],
    addresses: readonly string[],
    lane: Lane,
    cause: string,
    /** Whose doing it is, where that is more than this request. */
    origin?: string,
  ) => Promise<void>;
  readonly audit: (action: string, subject: string, detail: Attributes) => Promise<void>;
}

/** Another process can win a race this often before the IdP is asked to come back. */
const MOST_ATTEMPTS = 5;

/**
 * Carries out a write in one transaction: read, compute, put, enqueue, audit. A lost race is read and computed again,
 * unless the client named a version (If-Match): then it is told.
 */
export async function change<T>(context: RequestContext, write: (change: Change) => Promise<T>): Promise<T> {
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const lanes = new Set<Lane>();
    try {
      const result = await context.options.store.transaction((tx) => write(changeIn(tx, context, lanes)));
      for (const lane of lanes) context.options.onWork(lane);
      return result;
    } catch (error) {
      if (!hasCode(error, "VERSION_CONFLICT") || context.ifMatch !== undefined) throw error;
    }
  }
  throw new BridgeError("STORE_UNAVAILABLE", `Lost the race for the same resource ${MOST_ATTEMPTS} times.`);
}

function changeIn(tx: Transaction, { options, requestId, token }: RequestContext, lanes: Set<Lane>): Change {
  const now = options.clock.now();
  const at = new Date(now).toISOString();
  return {
    tx,
    at,
    enqueue: async (people, addresses, lane, cause, origin = `request ${requestId}`) => {
      if (people.length === 0) return;
      await tx.enqueue({ people, addresses, lane, cause, origin, requestId, now });
      lanes.add(lane);
    },
    audit: (action, subject, detail) =>
      tx.audit({ at, actor: token ?? "unauthenticated", requestId, action, subject, detail }),
  };
}

export interface Versioned {
  readonly version: number;
}

export const versionTag = ({ version }: Versioned): string => `W/"${version}"`;

/** The stored record that a write is about; 404 without one, 412 when If-Match names other versions (RFC 7644 §3.14). */
export function expectStored<T extends Versioned>(
  kind: string,
  id: string,
  stored: T | undefined,
  ifMatch: string | undefined,
): T {
  if (!stored)
    throw new BridgeError("NOT_FOUND", `There is no ${kind} ${id}: it was never created here or has been deleted.`);
  // RFC 9110 §13.1.1: `*` stands alone, and is no tag that could be weak.
  const tags = ifMatch?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (tags === undefined || ifMatch?.trim() === "*" || tags.includes(`"${stored.version}"`)) return stored;
  throw new BridgeError(
    "VERSION_CONFLICT",
    `${kind} ${id} is at version ${versionTag(stored)}, If-Match asks for ${ifMatch}; read it again.`,
  );
}

/** The next version of a record. */
export const revision = (
  { id, created, version }: Pick<UserRecord, "id" | "created" | "version">,
  at: string,
): Pick<UserRecord, "id" | "created" | "version" | "lastModified"> => ({
  id,
  created,
  version: version + 1,
  lastModified: at,
});

/** A name that the store compares; no resource is without it. */
export function nameIn(attributes: Attributes, name: "userName" | "displayName"): string {
  const value = attributes[name];
  if (typeof value === "string") return value;
  throw new BridgeError("INVALID_VALUE", `${name} is required and must be text.`);
}

/** What a request is answered with; of a write it is made inside its transaction, so that it shows what was written. */
export interface Presented<Text = string> {
  readonly version: string;
  /** JSON. */
  readonly text: Text;
}

/** Headers and body; only once the write is durable. */
export function answer<Text>(context: RequestContext, { version, text }: Presented<Text>, newLocation?: string): Text {
  context.announce(version, newLocation);
  return text;
}
