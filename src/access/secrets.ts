// What a secret looks like: `lsb_<id>_<256 random bits>`. The prefix is for scanners and people, the id finds the row.
import { hash, timingSafeEqual } from "node:crypto";

const SECRET_BYTES = 32;
const ID_BYTES = 6;

/** Randomness, handed in. */
export type Random = (bytes: number) => Buffer;

export const newId = (random: Random): string => random(ID_BYTES).toString("hex");

export const newSecret = (id: string, random: Random): string =>
  `lsb_${id}_${random(SECRET_BYTES).toString("base64url")}`;

/** Whether it was made by a bridge, whichever one. */
export const isManaged = (text: string): boolean => text.startsWith("lsb_");

export const idIn = (secret: string): string | undefined => /^lsb_([0-9a-f]{12})_[\w-]{43}$/.exec(secret)?.[1];

export const digestOf = (text: string): Buffer => hash("sha256", text, "buffer");

/** Digests have one length, so that the comparison takes the same time whatever was sent. */
export const isDigestOf = (digest: Buffer, text: string): boolean => timingSafeEqual(digest, digestOf(text));
