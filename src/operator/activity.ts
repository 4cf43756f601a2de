// What has been done in the last day, hour by hour, and how long leavers have waited, as the audit log has it.
import { setImmediate } from "node:timers/promises";
import type { Clock, Mark, Store } from "../ports.js";

export interface Activity {
  /** The last 24 hours in UTC, the oldest first; the last one is not over. */
  readonly hours: readonly Hour[];
  /** From the identity provider's request to Label Studio's answer; undefined: nobody has left. */
  readonly leavers: { readonly people: number; readonly p50Ms: number; readonly p99Ms: number } | undefined;
  /** False: so much has happened that it is counted from a later time on. */
  readonly whole: boolean;
}

export interface Hour {
  /** ISO 8601. */
  readonly at: string;
  readonly left: number;
  readonly changed: number;
  readonly failed: number;
}

const HOUR_MS = 3_600_000;
const HOURS = 24;
const AT_ONCE = 2_000;
const MOST_LINES = 100_000;

export async function activity({ store, clock }: { readonly store: Store; readonly clock: Clock }): Promise<Activity> {
  const { lists } = store;
  const first = Math.floor(clock.now() / HOUR_MS) * HOUR_MS - (HOURS - 1) * HOUR_MS;
  const end = await lists.end();
  const begin = await lists.placeAt(iso(first));
  const from = Math.max(begin, end - MOST_LINES);
  const tally = tallyFrom(first);
  for (let after = from - 1; after < end - 1; after += AT_ONCE) {
    for (const mark of await lists.marks(after, after + AT_ONCE + 1)) tally.count(mark);
    await setImmediate();
  }
  return { hours: tally.hours, leavers: tally.leavers(), whole: from === begin };
}

const iso = (at: number): string => new Date(at).toISOString();

function tallyFrom(first: number) {
  const hours = Array.from({ length: HOURS }, (_, at) => ({
    at: iso(first + at * HOUR_MS),
    left: 0,
    changed: 0,
    failed: 0,
  }));
  const askedAt = new Map<string, number>();
  const waitsMs: number[] = [];
  return {
    hours,
    count: ({ at, kind, subject }: Mark): void => {
      const now = Date.parse(at);
      const hour = hours[Math.floor((now - first) / HOUR_MS)];
      if (kind === "asked-to-leave") askedAt.set(subject, askedAt.get(subject) ?? now);
      if (kind === "asked-to-stay") askedAt.delete(subject);
      if (hour && kind === "failed") hour.failed += 1;
      if (hour && kind === "done") hour.changed += 1;
      if (kind !== "left") return;
      if (hour) hour.left += 1;
      const asked = askedAt.get(subject);
      if (asked !== undefined) waitsMs.push(Math.max(0, now - asked));
      askedAt.delete(subject);
    },
    leavers: (): Activity["leavers"] => {
      if (waitsMs.length === 0) return undefined;
      const sorted = waitsMs.sort((a, b) => a - b);
      return { people: sorted.length, p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) };
    },
  };
}

/** Nearest rank. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
