// Run by one process at a time, the one that runs the loop: records are chained soon after they are committed.
import type { AuditLine, ChainEnd, Clock, Store } from "../ports.js";
import { seal } from "./seal.js";

export interface KeepOptions {
  readonly clock: Clock;
  /** 128 bits or more, hex. */
  readonly newSalt: () => string;
  /** Records older than this are cut off; undefined: kept for ever. */
  readonly retentionMs: number | undefined;
  readonly onFault: (error: unknown) => void;
  /** The end of the chain, at start and once a day: whoever keeps it elsewhere can tell a chain that was made anew. */
  readonly onHead: (head: ChainEnd) => void;
}

const LOOK_MS = 2_000;
/** One slice holds up nobody else's write for long; five hundred records a second, so that a burst is answered first and chained after it. */
const SLICE = 250;
const BETWEEN_SLICES_MS = 500;
/** No transaction of the store lasts as long; what comes into sight later is found by the look at everything. */
const IN_SIGHT_MS = 300_000;
const EVERYTHING_MS = 3_600_000;
const CUT_MS = 600_000;
const TELL_HEAD_MS = 86_400_000;
const AFTER_FAULT_MS = 5_000;

export async function keepTrail(store: Store, options: KeepOptions, signal: AbortSignal): Promise<void> {
  const { clock, retentionMs } = options;
  const everything = every(EVERYTHING_MS, clock);
  const tellHead = every(TELL_HEAD_MS, clock);
  const cutting = every(CUT_MS, clock);
  const sight = sightOf(clock);
  while (!signal.aborted) {
    try {
      sight.reached(await extendAll(store, options, everything() ? 0 : sight.from(), signal));
      const { place, hash } = await store.trail.head();
      if (place > 0 && tellHead()) options.onHead({ place, hash });
      if (retentionMs !== undefined && cutting()) await cutAll(store, clock, retentionMs, signal);
      await clock.sleep(LOOK_MS, signal);
    } catch (error) {
      options.onFault(error);
      await clock.sleep(AFTER_FAULT_MS, signal);
    }
  }
}

/** Answers the position of the newest record that could be seen. */
async function extendAll(
  { trail }: Store,
  { clock, newSalt }: KeepOptions,
  from: number,
  signal: AbortSignal,
): Promise<number> {
  for (let after = from; ;) {
    const { sealed, last, next } = await trail.extend({
      after,
      limit: SLICE,
      now: clock.now(),
      seal: (record, before) => seal(record, before, newSalt()),
    });
    if (next === undefined || signal.aborted) return last;
    after = next;
    if (sealed > 0) await clock.sleep(BETWEEN_SLICES_MS, signal);
  }
}

/** Records become visible in another order than that of their positions: only what was reached long ago is left behind. */
function sightOf(clock: Clock) {
  let from = 0;
  let next: { readonly at: number; readonly last: number } | undefined;
  return {
    from: () => from,
    reached: (last: number): void => {
      const now = clock.now();
      if (next && now - next.at < IN_SIGHT_MS) return;
      from = next?.last ?? from;
      next = { at: now, last };
    },
  };
}

async function cutAll(store: Store, clock: Clock, retentionMs: number, signal: AbortSignal): Promise<void> {
  const before = new Date(clock.now() - retentionMs).toISOString();
  const line = (cut: ChainEnd & { readonly records: number }): AuditLine => ({
    at: new Date(clock.now()).toISOString(),
    actor: "bridge",
    requestId: undefined,
    action: "audit.cut",
    subject: "audit",
    detail: { ...cut, before },
  });
  while (!signal.aborted) {
    const records = await store.trail.cut({ before, limit: SLICE, now: clock.now(), line });
    if (records < SLICE) return;
    await clock.sleep(BETWEEN_SLICES_MS, signal);
  }
}

/** True at first, and then once in so long. */
function every(ms: number, clock: Clock): () => boolean {
  let last = -Infinity;
  return () => {
    const now = clock.now();
    if (now - last < ms) return false;
    last = now;
    return true;
  };
}
