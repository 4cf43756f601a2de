// How often somebody may fail to prove who they are. express-rate-limit was looked at: it counts a request before it knows
// whether it is a valid one, and keeps every address that it has seen in its window.
import type { Clock } from "../ports.js";

/** Whoever guesses at 256 bits gains nothing by more; an IdP with an outdated token is still told so. */
const MOST_A_WINDOW = 100;
const WINDOW_MS = 60_000;
/** About a megabyte. Who has more addresses than this is not slowed down, and slows nobody else down. */
const MOST_ADDRESSES = 10_000;

interface Window {
  readonly since: number;
  failed: number;
}

export class Attempts {
  readonly #clock: Clock;
  readonly #windows = new Map<string, Window>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts one that failed. 0, or for how many milliseconds this address has had its share. */
  failed(address: string | undefined): number {
    const now = this.#clock.now();
    const key = networkOf(address ?? "");
    const window = this.#current(key, now);
    window.failed += 1;
    return window.failed > MOST_A_WINDOW ? window.since + WINDOW_MS - now : 0;
  }

  #current(key: string, now: number): Window {
    const known = this.#windows.get(key);
    // A wall clock that was set back begins a new one.
    const window = known && now >= known.since && now < known.since + WINDOW_MS ? known : { since: now, failed: 0 };
    // In the order of their last failure: the first is the one to forget.
    this.#windows.delete(key);
    this.#windows.set(key, window);
    if (this.#windows.size > MOST_ADDRESSES) this.#windows.delete(this.#windows.keys().next().value ?? "");
    return window;
  }
}

/** One line has 2^64 addresses of IPv6 (RFC 6177): they count as one. */
function networkOf(address: string): string {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (v4 !== undefined) return v4;
  const [head = "", tail] = address.split("::");
  const left = head.split(":").filter((part) => part !== "");
  const right = (tail ?? "").split(":").filter((part) => part !== "");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const all = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  return all.slice(0, 4).join(":");
}
