import { BridgeError } from "../errors.js";
import type { Clock } from "../ports.js";
import type { RequestContext } from "./context.js";

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * At most `maxRps` requests a second for each bearer token, 0 for no limit: a token bucket that holds one second's
 * requests; 429 beyond. Kept by the name of the token, of which there are as many as operators have made. Called behind
 * the authentication, so that strangers use up nobody's share, and before the body is read.
 */
export function rateLimit(maxRps: number, clock: Clock): (context: RequestContext) => void {
  if (maxRps === 0) return () => undefined;
  const most = Math.max(1, maxRps);
  const buckets = new Map<string, Bucket>();
  return ({ token = "" }) => {
    const now = clock.now();
    const bucket = buckets.get(token) ?? { tokens: most, filledAt: now };
    buckets.set(token, bucket);
    // A wall clock that was set back refills nothing, and takes nothing away.
    const passedMs = Math.max(0, now - bucket.filledAt);
    bucket.tokens = Math.min(most, bucket.tokens + (passedMs * maxRps) / 1_000);
    bucket.filledAt = now;
    if (bucket.tokens < 1) throw tooMany(maxRps, ((1 - bucket.tokens) * 1_000) / maxRps);
    bucket.tokens -= 1;
  };
}

/** RFC 6585 §4. */
const tooMany = (maxRps: number, retryAfterMs: number): BridgeError =>
  new BridgeError(
    "INVALID_VALUE",
    `This token has sent more than ${maxRps} requests a second (SCIM_MAX_RPS); nothing was changed. Send it again later.`,
    { status: 429, retryAfterMs },
  );
