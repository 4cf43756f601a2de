// How the bridge stands, for /metrics and /readyz; a part of the composition root.
import type { Readiness, ReadyPart, Status } from "../admin/index.js";
import { mappingDigest, type Mapping } from "../mapping/index.js";
import type { Clock, Paced, Store } from "../ports.js";
import type { Reconciler } from "../reconcile/index.js";
import type { Snapshot } from "../telemetry/index.js";

export interface Observed {
  readonly store: Store;
  readonly clock: Clock;
  readonly reconciler: Reconciler;
  readonly mapping: () => Mapping;
  readonly target: Paced;
  /** When the store last said that the mapping in force is the newest, whose turn it is, and when Label Studio last answered. */
  readonly told: { readonly [Part in "mapping" | "lease" | "upstream"]: () => number | undefined };
}

/** Both crews of the loop look every half second; only a store that hangs keeps them longer. */
const LOOP_SILENT_MS = 30_000;
const UNCHAINED_MS = 300_000;
/** Every process asks the store for both every two seconds at least; a lease is over after five. */
const UNTOLD_MS = 10_000;
/** Counting a hundred thousand people is not for every scrape: it takes a fiftieth of the time at most. */
const LEAST_FRESH_MS = 5_000;
const SHARE = 50;

/** A third of what Prometheus waits for a scrape unless told: a loop that hangs in the store has to show there. */
const STORE_WITHIN_MS = 3_000;

export function takeSnapshot({ store, clock, reconciler, target }: Observed): () => Promise<Snapshot> {
  const counted = seldom(clock, async () => {
    const { used, limit } = (await store.seats.lastRead()) ?? {};
    return {
      people: await store.work.counts(clock.now()),
      held: await store.inquiries.reasons("held"),
      seats: { used, limit, waiting: await store.seats.howManyWait() },
      unchainedSeconds: (await unchainedMs(store, clock)) / 1_000,
    };
  });
  return async () => {
    const stored = await within(STORE_WITHIN_MS, clock, counted());
    const beatAt = reconciler.beatAt();
    return {
      stored,
      pace: target.pace(),
      loopSilentSeconds: beatAt === undefined ? undefined : Math.max(0, clock.now() - beatAt) / 1_000,
      ready: stored !== undefined && reconciler.upstream().verified,
    };
  };
}

/** undefined: it has failed, or takes longer. */
async function within<T>(ms: number, clock: Clock, answer: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  const late = clock.sleep(ms, over.signal).then(() => undefined);
  return Promise.race([answer.catch(() => undefined), late]).finally(() => over.abort());
}

/** One answer for all who ask meanwhile, and for as long after it as it has cost often enough. */
function seldom<T>(clock: Clock, count: () => Promise<T>): () => Promise<T> {
  let last: { readonly answer: Promise<T>; until: number } | undefined;
  return () => {
    const asked = clock.now();
    if (last && asked < last.until) return last.answer;
    const asking = { answer: count(), until: Infinity };
    last = asking;
    asking.answer.then(
      () => (asking.until = clock.now() + Math.max(LEAST_FRESH_MS, SHARE * (clock.now() - asked))),
      () => (asking.until = 0),
    );
    return asking.answer;
  };
}

/** How long the oldest record after the end of the chain has been there. */
async function unchainedMs({ trail }: Store, clock: Clock): Promise<number> {
  const { place } = await trail.head();
  const [last] = await trail.sealed(place - 1, 1);
  const { records } = await trail.records(last?.seal.position ?? 0, 100);
  const first = records.find((record) => record.place === undefined);
  return first ? Math.max(0, clock.now() - Date.parse(first.at)) : 0;
}

/** What is true and when it was last; the store and the loop can hang while the process answers. */
export function readiness({ store, clock, reconciler, mapping, told }: Observed): () => Promise<Readiness> {
  const lastTrue = new Map<string, string>();
  const part = (name: string, ok: boolean, detail: string, at = clock.now()): ReadyPart => {
    if (ok) lastTrue.set(name, new Date(at).toISOString());
    return { ok, lastTrueAt: lastTrue.get(name), detail };
  };
  /** What the store tells; who is told nothing for long does not know. */
  const partTold = (detail: string, at: number | undefined): ReadyPart => {
    const silentMs = clock.now() - (at ?? -Infinity);
    const ok = silentMs < UNTOLD_MS;
    const since = ok ? detail : `${detail}, as the store said ${seconds(silentMs)} ago`;
    return { ok, lastTrueAt: instant(at), detail: since };
  };
  return async () => {
    // At once: with a store that hangs each of them takes as long as it lets one wait.
    const [behindMs, usable, paused] = await Promise.all([
      unchainedMs(store, clock).catch(() => undefined),
      store.ping().then(
        () => true,
        () => false,
      ),
      store.rails.pause().catch(() => undefined),
    ]);
    const { state, verified } = reconciler.upstream();
    const beatAt = reconciler.beatAt();
    const labelStudio = labelStudioOf(reconciler);
    const silentMs = beatAt === undefined ? 0 : clock.now() - beatAt;
    const here = beatAt === undefined ? "another process runs it" : "this process runs it";
    return {
      usable,
      verified,
      paused,
      labelStudio,
      parts: {
        store: part("store", usable, usable ? "answers" : "does not answer"),
        mapping: partTold(mappingDigest(mapping()), told.mapping()),
        upstream: {
          ok: state.kind === "ok" || state.kind === "standby",
          lastTrueAt: instant(told.upstream()),
          detail: labelStudio.problem ?? state.kind,
        },
        loop: part("loop", silentMs < LOOP_SILENT_MS, `${here}; heard ${seconds(silentMs)} ago`, beatAt),
        lease: partTold(here, told.lease()),
        audit: part(
          "audit",
          behindMs !== undefined && behindMs < UNCHAINED_MS,
          behindMs === undefined ? "the store does not answer" : `the chain is ${seconds(behindMs)} behind`,
        ),
      },
    };
  };
}

export function labelStudioOf(reconciler: Reconciler): Status["labelStudio"] {
  const { state, organization, warnings } = reconciler.upstream();
  const problem = "problem" in state ? state.problem : undefined;
  return { state: state.kind, problem, organizationId: organization?.id, warnings };
}

const instant = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1_000))} s`;
