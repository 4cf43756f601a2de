import { BridgeError } from "../errors.js";
import type { Clock, PaceReport, Urgency } from "../ports.js";

/** Calls on their way at once: enough for 12 requests/s at 600 ms each, few enough not to occupy a small server. */
export const MAX_IN_FLIGHT = 8;
/** Calls that hang take slots for ten seconds: leavers have some that nobody else can take. */
const LEAVERS_RESERVE = 4;

// The limit is a promise about what the *server* sees in one second. Two calls that leave 1000 ms apart arrive closer
// together when the first is held up on the way. 50 ms cover that and a busy event loop, and cost 5 % of the rate;
// whoever may send more than a hundred a second is near, and has better use for it.
const windowFor = (maxRps: number): number => 1_000 + (maxRps > 100 ? 20 : 50);
// Timers are late by a millisecond or two, and more while everybody is counted: at 200/s that would be a third of the rate.
const CATCH_UP_MS = 50;

// Nobody is kept waiting through a longer pause than this: whoever calls has a lease to keep and can come back.
const PATIENCE_MS = 15_000;
// A mistyped Retry-After must not stop provisioning for a day; a server that means it says it again.
const LONGEST_PAUSE_MS = 600_000;
const FIRST_DEFAULT_PAUSE_MS = 1_000;
const LONGEST_DEFAULT_PAUSE_MS = 60_000;
// After being throttled: half the rate, then back up evenly; from half to full takes 30 s.
const SLOWEST = 1 / 16;
const RECOVERY_MS = 60_000;

const ORDER = ["leaver", "lower", "grant", "sweep"] as const satisfies readonly Urgency[];

/** Permission for one request. */
export interface Slot {
  /** The request is being written to the wire now. */
  sent(): void;
  /** The server asked to slow down; undefined: it did not say for how long. */
  throttled(retryAfterMs: number | undefined): void;
}

interface Waiter {
  readonly grant: () => void;
  readonly refuse: (error: BridgeError) => void;
}

/**
 * Who may send when. At most `maxRps` requests in every window of one second, evenly spaced; the most urgent waiter
 * gets the next slot, within one urgency the oldest. A slot counts from the real send: while its connection is still
 * being opened it counts as sent at any moment.
 */
export class Pace {
  readonly #clock: Clock;
  readonly #perWindow: number;
  readonly #windowMs: number;
  readonly #waiting: Readonly<Record<Urgency, Waiter[]>> = { leaver: [], lower: [], grant: [], sweep: [] };
  #sentAt: readonly number[] = [];
  #unsent = 0;
  #inFlight = 0;
  #nextAt = 0;
  #pausedUntil = 0;
  #throttledAt = -1;
  #throttledInARow = 0;
  #fraction = 1;
  #lastRead = 0;
  #steppedBackMs = 0;
  #alarm: AbortController | undefined;
  #closed = false;

  /** `maxRps` 0: no spacing; the bound on calls in flight and Retry-After still hold. */
  constructor(maxRps: number, clock: Clock) {
    this.#clock = clock;
    this.#perWindow = maxRps === 0 ? Infinity : Math.max(1, Math.floor(maxRps));
    this.#windowMs = windowFor(maxRps) / (maxRps > 0 && maxRps < 1 ? maxRps : 1);
  }

  async run<T>(urgency: Urgency, request: (slot: Slot) => T | Promise<T>): Promise<T> {
    await this.#enter(urgency);
    const grantedAt = this.#now();
    let unsent = true;
    let throttled = false;
    const sent = (onTheWire: boolean): void => {
      if (unsent) this.#settleSend(onTheWire, grantedAt);
      unsent = false;
    };
    try {
      return await request({
        sent: () => sent(true),
        throttled: (retryAfterMs) => {
          throttled = true;
          this.#throttle(retryAfterMs, grantedAt);
        },
      });
    } finally {
      if (!throttled && grantedAt > this.#throttledAt) this.#throttledInARow = 0;
      sent(false);
      this.#inFlight -= 1;
      this.#grantWhatIsDue();
    }
  }

  /** Milliseconds until the server may be asked again; 0 when it may now. */
  pausedForMs(): number {
    return Math.max(0, this.#pausedUntil - this.#now());
  }

  report(): PaceReport {
    const paused = this.pausedForMs() > 0;
    const isLimited = this.#perWindow !== Infinity;
    const now = this.#now();
    return {
      perSecond: paused || !isLimited ? 0 : 1_000 / this.#spacingMs(now),
      limit: isLimited ? (1_000 * this.#perWindow) / this.#windowMs : 0,
      waiting: ORDER.reduce((sum, urgency) => sum + this.#waiting[urgency].length, 0),
    };
  }

  close(): void {
    this.#closed = true;
    this.#cancelAlarm();
    this.#refuseWaiting(closedError());
  }

  #enter(urgency: Urgency): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    if (this.pausedForMs() > PATIENCE_MS) return Promise.reject(this.#pausedError());
    return new Promise((grant, refuse) => {
      this.#waiting[urgency].push({ grant, refuse });
      this.#grantWhatIsDue();
    });
  }

  #grantWhatIsDue(): void {
    this.#cancelAlarm();
    for (let lane = this.#nextLane(); lane !== undefined; lane = this.#nextLane()) {
      const now = this.#now();
      const waitMs = this.#blockedForMs(now, lane === this.#waiting.leaver);
      if (waitMs > 0) return this.#wakeIn(waitMs);
      this.#inFlight += 1;
      this.#unsent += 1;
      this.#nextAt = (now - this.#nextAt > CATCH_UP_MS ? now : this.#nextAt) + this.#spacingMs(now);
      lane.shift()?.grant();
    }
  }

  #nextLane(): Waiter[] | undefined {
    return ORDER.map((urgency) => this.#waiting[urgency]).find((lane) => lane.length > 0);
  }

  /** Infinity: only another call's progress can unblock, and that looks again by itself. */
  #blockedForMs(now: number, isLeaver: boolean): number {
    if (this.#inFlight >= MAX_IN_FLIGHT + (isLeaver ? LEAVERS_RESERVE : 0)) return Infinity;
    return Math.max(0, this.#pausedUntil - now, this.#nextAt - now, this.#windowFullForMs(now));
  }

  #windowFullForMs(now: number): number {
    const recent = this.#sentAt.filter((at) => at + this.#windowMs > now);
    if (recent.length + this.#unsent < this.#perWindow) return 0;
    return recent[0] === undefined ? Infinity : recent[0] + this.#windowMs - now;
  }

  #spacingMs(now: number): number {
    return this.#windowMs / this.#perWindow / this.#currentFraction(now);
  }

  #currentFraction(now: number): number {
    return Math.min(1, this.#fraction + Math.max(0, now - this.#pausedUntil) / RECOVERY_MS);
  }

  #wakeIn(ms: number): void {
    if (ms === Infinity || this.#closed) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    void this.#clock.sleep(Math.ceil(ms), alarm.signal).then(() => {
      if (!alarm.signal.aborted) this.#grantWhatIsDue();
    });
  }

  #cancelAlarm(): void {
    // Without a reason each abort makes an error with a stack.
    this.#alarm?.abort("cancelled");
    this.#alarm = undefined;
  }

  #settleSend(onTheWire: boolean, grantedAt: number): void {
    this.#unsent -= 1;
    const now = this.#now();
    if (onTheWire && this.#perWindow !== Infinity) {
      this.#sentAt = [...this.#sentAt, now].slice(-this.#perWindow);
      if (now - grantedAt > CATCH_UP_MS) this.#nextAt = Math.max(this.#nextAt, now + this.#spacingMs(now));
    }
    this.#grantWhatIsDue();
  }

  /** Calls that were on their way when the pause began belong to it: they can lengthen it, not halve the rate again. */
  #throttle(retryAfterMs: number | undefined, grantedAt: number): void {
    const now = this.#now();
    if (grantedAt > this.#throttledAt) {
      this.#fraction = Math.max(SLOWEST, this.#currentFraction(now) / 2);
      this.#throttledAt = now;
      this.#throttledInARow += 1;
    }
    const grown = FIRST_DEFAULT_PAUSE_MS * 2 ** (this.#throttledInARow - 1);
    const pauseMs = Math.min(retryAfterMs ?? Math.min(grown, LONGEST_DEFAULT_PAUSE_MS), LONGEST_PAUSE_MS);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
    if (this.pausedForMs() > PATIENCE_MS) this.#refuseWaiting(this.#pausedError());
  }

  #refuseWaiting(error: BridgeError): void {
    for (const lane of Object.values(this.#waiting)) for (const waiter of lane.splice(0)) waiter.refuse(error);
  }

  #pausedError(): BridgeError {
    const retryAfterMs = this.pausedForMs();
    const words = `Label Studio asked for a pause: nothing is sent for another ${Math.ceil(retryAfterMs / 1_000)} s`;
    return new BridgeError("TARGET_RATE_LIMITED", words, { retryAfterMs });
  }

  /** Never goes back: a wall clock that is set back by an hour must not stop the pace for an hour. */
  #now(): number {
    const read = this.#clock.now();
    this.#steppedBackMs += Math.max(0, this.#lastRead - read);
    this.#lastRead = read;
    return read + this.#steppedBackMs;
  }
}

const closedError = (): BridgeError =>
  new BridgeError("TARGET_UNAVAILABLE", "the connection to Label Studio has been closed; the call was not sent");
