// Licensed seats as the loop counts them: what Label Studio last told, and what the bridge has given since.
import { BridgeError } from "../errors.js";
import type { ReconcileOptions } from "./options.js";

/** While grants need a seat, Label Studio is asked this often. */
const FRESH_MS = 60_000;
const OPERATOR_FRESH_MS = 5_000;
/** What is older says nothing about now, while a newer answer is waited for. */
const OLD_MS = 2 * FRESH_MS;
/**
 * Nobody's grant waits longer for the answer, as their own deactivation would wait with it: whoever goes without it is
 * refused by Label Studio at worst.
 */
const PATIENCE_MS = 1_000;

interface SeatCount {
  readonly used: number;
  readonly limit: number;
}

export interface Licence {
  /** Before grants. One question for all who ask meanwhile; an answer that cannot be had says nothing about seats. */
  ask(): Promise<void>;
  /** The same for somebody who wants to know how it stands now. */
  askForOperator(): Promise<void>;
  /** However young the last answer is. */
  askAnew(): Promise<void>;
  /** undefined: not limited as far as is known. Seats of these people are not counted, unless Label Studio has. */
  count(except: ReadonlySet<string>): SeatCount | undefined;
  /** Has been given a seat that Label Studio may not have counted yet. */
  has(personId: string): boolean;
  given(): number;
  /** From the moment when it is decided until it is done, or not. */
  reserve(personId: string): void;
  took(personId: string): void;
  /** What was reserved and not taken is free again. */
  letGo(personId: string): void;
  freed(personId: string): void;
}

type Parts = Pick<ReconcileOptions, "store" | "target" | "clock" | "emit" | "mapping">;

const DAY_MS = 86_400_000;

/** How long a seat stays with one person. */
export const minimumMs = ({ mapping }: Pick<ReconcileOptions, "mapping">): number =>
  mapping().seats.minimumDays * DAY_MS;

export function licences({ store, target, clock, emit, mapping }: Parts): Licence {
  /** When they had it; Infinity: not yet. */
  const seats = new Map<string, number>();
  let told: (SeatCount & { readonly at: number }) | undefined;
  let asked: { readonly at: number; readonly answer: Promise<void> } | undefined;
  let asking = false;

  async function read(at: number): Promise<void> {
    asking = true;
    try {
      const { used, limit } = await target.seats();
      for (const [personId, tookAt] of seats) if (tookAt < at) seats.delete(personId);
      told = used === undefined || limit === undefined ? undefined : { used, limit, at };
      await store.seats.putRead({ used, limit, at: new Date(at).toISOString() });
      // A grant on its way may be counted there and not yet in the ledger.
      if (told && ![...seats.values()].includes(Infinity))
        await store.seats.useUp(Math.max(0, told.limit - told.used), minimumMs({ mapping }), at);
    } catch (error) {
      told = undefined;
      if (!(error instanceof BridgeError)) emit({ kind: "loop-fault", error });
    } finally {
      asking = false;
    }
  }

  function answer(freshMs: number): Promise<void> {
    if (!asked || (!asking && clock.now() - asked.at >= freshMs)) {
      const at = clock.now();
      asked = { at, answer: read(at) };
    }
    return asked.answer;
  }

  async function patiently(reading: Promise<void>): Promise<void> {
    const enough = new AbortController();
    await Promise.race([reading, clock.sleep(PATIENCE_MS, enough.signal)]);
    // Without a reason each abort makes an error with a stack.
    enough.abort("answered");
  }

  return {
    askAnew: () => answer(0),
    ask: () => patiently(answer(FRESH_MS)),
    askForOperator: () => patiently(answer(OPERATOR_FRESH_MS)),
    count: (except) => {
      if (!told || clock.now() - told.at > OLD_MS) return undefined;
      const uncounted = [...seats.keys()].filter((personId) => !except.has(personId)).length;
      return { used: told.used + uncounted, limit: told.limit };
    },
    has: (personId) => seats.has(personId),
    given: () => seats.size,
    reserve: (personId) => seats.set(personId, Infinity),
    took: (personId) => seats.set(personId, clock.now()),
    letGo: (personId) => {
      if (seats.get(personId) === Infinity) seats.delete(personId);
    },
    freed: (personId) => seats.delete(personId),
  };
}
