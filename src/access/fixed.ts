import { timingSafeEqual } from "node:crypto";

/** A token of the settings. */
export interface FixedToken {
  /** What logs and audit lines call it; never part of the secret. */
  readonly name: string;
  readonly value: string;
}

/** More than any token has; config.ts refuses longer ones. */
const LONGEST_BYTES = 1_024;

/** All of one length, whatever was sent, so that comparing two takes the same time; cheaper than their digests. */
function padded(text: string): Buffer {
  const bytes = Buffer.alloc(LONGEST_BYTES + 1);
  // One byte more than any token has: what was cut off equals none.
  bytes.write(text);
  return bytes;
}

/** The name of the one that was sent. */
export function fixedTokens(tokens: readonly FixedToken[]): (sent: string) => string | undefined {
  if (tokens.length === 0) return () => undefined;
  const known = tokens.map(({ name, value }) => ({ name, bytes: padded(value) }));
  return (sent) => {
    // Every token is compared, so that the time taken says neither which one nor how much of it is right.
    const sentBytes = padded(sent);
    return known.filter(({ bytes }) => timingSafeEqual(bytes, sentBytes))[0]?.name;
  };
}
