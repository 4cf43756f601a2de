import { createHash } from "node:crypto";
import { impersonalOf, personalOf } from "../personal.js";
import type { ChainEnd, Recorded, Seal } from "../ports.js";

type Detail = Readonly<Record<string, unknown>>;

const digest = (...parts: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex");

/**
 * What is personal is in the hash by a digest with a salt: it can be erased, and nobody can guess it back, while everything
 * else stays proved.
 */
export function seal(record: Recorded, before: ChainEnd, salt: string): Seal {
  const personal = personalDigest(record, salt);
  const place = before.place + 1;
  return { place, salt, personal, hash: hashOf(record, personal, { place, before: before.hash }) };
}

export const personalDigest = ({ detail }: Recorded, salt: string): string =>
  digest(salt, personalOf(JSON.parse(detail) as Detail));

export function hashOf(
  { position, at, actor, requestId, action, subject, detail }: Recorded,
  personal: string,
  { place, before }: { readonly place: number; readonly before: string },
): string {
  const impersonal = impersonalOf(JSON.parse(detail) as Detail);
  return digest(before, place, position, at, actor, requestId, action, subject, impersonal, personal);
}
