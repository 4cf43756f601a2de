// The complete read of an organisation into the cache; what fails or ends early says nothing about who is not there.
import type { Member } from "../membership/index.js";
import type { ReconcileOptions } from "./options.js";

/** A second complete read within this time would tell nothing new about an address that is said to exist. */
export const FRESH_MS = 60_000;

export interface FullRead {
  /** One for all who ask meanwhile. */
  all(): Promise<void>;
  /** One that begins after this call, for all who ask before it begins. */
  anew(): Promise<void>;
  /** Unless the last one has read tags as well. */
  withTags(): Promise<void>;
  /** Unless that has just been done. */
  ifStale(): Promise<void>;
  /** How long ago the last complete one was asked for. */
  ageMs(): number;
  /** How many pages the last complete one had. */
  pages(): number;
}

type Parts = Pick<ReconcileOptions, "store" | "target" | "clock" | "emit" | "mapping">;

export function fullReads({ store, target, clock, emit, mapping }: Parts): FullRead {
  let lastAt = -Infinity;
  let lastPages = 0;
  let lastHadTags = false;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const startedAt = clock.now();
    let members = 0;
    let pages = 0;
    let askedAt = startedAt;
    const hasTags = mapping().sections.some(({ kind }) => kind === "tag");
    await store.work.beginFullRead(startedAt);
    for await (const page of target.observe()) {
      members += page.length;
      pages++;
      await store.work.putObserved(page, askedAt);
      if (hasTags) await store.assignments.putTags(page.flatMap(tagged), askedAt);
      askedAt = clock.now();
    }
    await store.work.endFullRead(startedAt);
    await store.seats.observe(clock.now());
    lastAt = startedAt;
    lastPages = pages;
    lastHadTags = hasTags;
    emit({ kind: "observed", members, durationMs: clock.now() - startedAt });
  }

  function all(): Promise<void> {
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  }

  function ageMs(): number {
    const ms = clock.now() - lastAt;
    // Of a clock that was set back nothing is known to be fresh.
    return ms < 0 ? Infinity : ms;
  }

  const anew = (): Promise<void> => (reading === undefined ? all() : reading.then(all, all));

  return {
    all,
    anew,
    ifStale: async () => {
      if (ageMs() > FRESH_MS) await all();
    },
    withTags: async () => {
      if (!lastHadTags) await anew();
    },
    ageMs,
    pages: () => lastPages,
  };
}

/** A row that does not say is no news. */
const tagged = ({ userId, tags }: Member) => (tags ? [{ userId, tags }] : []);
