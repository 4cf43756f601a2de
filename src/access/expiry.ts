// When a credential that ends is spoken of.
const DAY_MS = 86_400_000;

export type ExpiryState = "live" | "expiring" | "ending" | "expired";

/** Early enough to have somebody with rights at the identity provider exchange it, and then once more. */
const EXPIRING_MS = 14 * DAY_MS;
const ENDING_MS = DAY_MS;

export function expiryState(expiresAt: number | undefined, now: number): ExpiryState {
  const leftMs = (expiresAt ?? Infinity) - now;
  if (leftMs <= 0) return "expired";
  if (leftMs <= ENDING_MS) return "ending";
  return leftMs <= EXPIRING_MS ? "expiring" : "live";
}
