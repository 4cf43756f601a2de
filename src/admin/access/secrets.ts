import { createHash, timingSafeEqual } from "node:crypto";

/** What somebody may do: ask and decide, or ask only. */
export type Level = "operate" | "read";

export interface AdminTokens {
  readonly operate: string;
  /** undefined: there is none. */
  readonly read: string | undefined;
}

const digest = (value: string): Buffer => createHash("sha256").update(value).digest();

// Digests have one length, so that the comparison takes the same time whatever was sent.
const isSame = (sent: string, expected: string): boolean => timingSafeEqual(digest(sent), digest(expected));

/** undefined: it is neither. Both are always compared. */
export function levelOf(sent: string, { operate, read }: AdminTokens): Level | undefined {
  const operates = isSame(sent, operate);
  const reads = read !== undefined && isSame(sent, read);
  return operates ? "operate" : reads ? "read" : undefined;
}
