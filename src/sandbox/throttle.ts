import { refused, type Refused } from "./answers.js";
import type { Behaviour } from "./options.js";

const WINDOW_MS = 1000;

/** Admits at most `rateLimit` requests in any one second (contract 3, rate limits); refused ones do not count. */
export class Throttle {
  #admitted: number[] = [];

  refusal({ rateLimit, retryAfter }: Behaviour, nowMs: number): Refused | undefined {
    if (rateLimit === undefined) return undefined;
    this.#admitted = this.#admitted.filter((at) => at > nowMs - WINDOW_MS);
    if (this.#admitted.length >= rateLimit) return tooMany(retryAfter, nowMs, 1);
    this.#admitted.push(nowMs);
    return undefined;
  }
}

/** A 429 whose `Retry-After` is written in one of the two forms of RFC 9110 §10.2.3, or absent. */
export function tooMany(form: Behaviour["retryAfter"], nowMs: number, seconds: number): Refused {
  const detail = `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? "" : "s"}.`;
  switch (form) {
    case "seconds":
      return refused(429, detail, { "retry-after": String(seconds) });
    case "date":
      // A date has whole seconds: rounded up, or it would lie in the past.
      return refused(429, detail, {
        "retry-after": new Date(Math.ceil(nowMs / 1000 + seconds) * 1000).toUTCString(),
      });
    case "none":
      return refused(429, detail);
  }
}
