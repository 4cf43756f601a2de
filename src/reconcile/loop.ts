import type { Claim, Lane } from "../ports.js";
import { isRetryable } from "../errors.js";
import { mappingDigest } from "../mapping/index.js";
import { assigners, placesOf, type SectionProblem } from "./assigning/index.js";
import { settleAtRest } from "./at-rest.js";
import { workOff, type Watch } from "./batch.js";
import type { Context } from "./context.js";
import { keepLeases, letGo, take } from "./leases.js";
import { licences } from "./licence.js";
import { settleIn } from "./move.js";
import type { ReconcileOptions } from "./options.js";
import { enqueueDrifted, readPlaces, sweepOnSchedule } from "./sweep.js";
import { bell, calmly, gate, oneAtATime, type Bell, type Gate } from "./signals.js";
import { pauses } from "./pauses.js";
import { readings } from "./reading.js";
import { recallSeatless } from "./seatless.js";
import { DEAD_KEY, refused } from "./settle.js";
import { isDeadKey, upstreamWatch, type UpstreamReport } from "./upstream.js";

/** One term of the loop; see terms.ts for what its methods promise. */
export interface Loop {
  nudge(lane: Lane): void;
  upstream(): UpstreamReport;
  /** When each of the crews was last about to look, in milliseconds since the epoch: the older one. */
  beatAt(): number;
  sections(): readonly SectionProblem[];
  askSeats(): Promise<void>;
  /** The mapping may be another one now. */
  remapped(): Promise<void>;
  stop(): Promise<void>;
}

/** The outbox is also looked at without a nudge: other processes write into it. */
const IDLE_MS = 500;
/** A reason of refusal that nobody has probed for this long is probed by one person. */
const PROBE_REFUSALS_MS = 60_000;
const PROBE_CHECK_MS = 5_000;
/** A change is due only when it has been quiet for this long: to ring for each would cost more than the work. */
const CALM_MS = 250;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Leavers have a crew of their own, so that no other change is ever ahead of them. The other is small: whoever waits in
 * it for the pace has to come out before their own deactivation can go.
 */
const crewsFor = (maxRps: number): readonly Crew[] => [
  { lanes: ["leaver"], atOnce: MOST_AT_ONCE },
  { lanes: ["change", "review", "sweep"], atOnce: maxRps === 0 ? UNLIMITED_AT_ONCE : inHandAt(maxRps) },
];

const ASSIGNERS: Crew = { lanes: ["assign"], atOnce: 1 };
const MOST_AT_ONCE = 40;
/** Nobody waits for the pace: what they write shares its commits, the more the better. */
const UNLIMITED_AT_ONCE = 120;
const LEAST_AT_ONCE = 4;
/** The last of them has their turn within this: their own deactivation is to be sent within a second. */
const IN_HAND_SECONDS = 0.7;
const inHandAt = (maxRps: number): number =>
  Math.max(LEAST_AT_ONCE, Math.min(MOST_AT_ONCE, Math.round(IN_HAND_SECONDS * maxRps)));
/** Places that fall free together are filled together. */
const GATHER_MS = 20;

/** The digest of the mapping that everybody has last been looked at with. */
const MAPPING = "mapping.digest";

interface Crew {
  readonly lanes: readonly Lane[];
  /** People who are worked on at one time. */
  readonly atOnce: number;
}

/** The store lets nobody write but who holds the lease. */
export async function startLoop(options: ReconcileOptions): Promise<Loop> {
  const { store, clock } = options;
  const ctx = contextOf(options);
  const stop = new AbortController();
  const everybodyRead = gate();
  const crews = crewsFor(options.maxRps).map((crew) => ({ ...crew, bell: bell(), beatAt: clock.now() }));
  const ring = (lane: Lane): void => crews.forEach((crew) => isIn(crew, lane) && crew.bell.ring());
  const ringLater = calmly(CALM_MS, clock, stop.signal, () => ring("change"));
  await store.work.releaseLeases();
  if (!(await reviewIfRemapped(ctx))) await store.work.enqueueEveryone("sweep", "start", "start", clock.now());
  const onOk = async (): Promise<void> => {
    await store.work.release(DEAD_KEY, clock.now());
    if (everybodyRead.isOpen() || stop.signal.aborted) return;
    if (!(await readEverybody(ctx, stop.signal))) return;
    await ctx.places.refresh();
    await enqueueDrifted(ctx);
    everybodyRead.open();
  };
  const ringAll = (): void => crews.forEach((crew) => crew.bell.ring());
  const running = [
    ctx.upstream.watch(onOk, stop.signal),
    ...crews.map((crew) =>
      runCrew(ctx, crew, everybodyRead, calmly(GATHER_MS, clock, stop.signal, ringAll), stop.signal),
    ),
    letGo(ctx, ringAll, stop.signal),
    probeRefusals(ctx, () => ring("leaver"), stop.signal),
    recallSeatless(ctx, () => ring("change"), stop.signal),
    settleAtRest(ctx, () => mayAssign(ctx, everybodyRead), stop.signal),
    assigners(ctx, () => mayAssign(ctx, everybodyRead), AbortSignal.any([stop.signal])),
    sweepOnSchedule(
      ctx,
      () => everybodyRead.isOpen(),
      () => ring("sweep"),
      stop.signal,
    ),
  ];
  return {
    nudge: (lane) => (lane === "leaver" ? ring(lane) : ringLater()),
    upstream: () => ctx.upstream.report(),
    beatAt: () => Math.min(...crews.map(({ beatAt }) => beatAt)),
    sections: () => ctx.places.problems(),
    askSeats: () => ctx.licence.askForOperator(),
    remapped: async () => {
      if (!(await reviewIfRemapped(ctx))) return;
      ring("review");
      if (everybodyRead.isOpen()) running.push(readPlaces(ctx).then(() => ring("sweep")));
    },
    stop: async () => {
      stop.abort();
      everybodyRead.open();
      ringAll();
      await Promise.all(running);
    },
  };
}

function contextOf(options: ReconcileOptions): Context {
  const reading = readings(options);
  return {
    ...options,
    upstream: upstreamWatch(options, (organization, onMove) => settleIn(options, organization, onMove)),
    reading,
    places: placesOf({ ...options, reading }),
    paused: pauses(options.store, options.clock),
    licence: licences(options),
    doubtful: new Set(),
    unsettled: new Set(),
    alone: oneAtATime(),
    inTurn: oneAtATime(),
  };
}

/** What was changed in the mapping while the bridge was down is a change like any other. */
async function reviewIfRemapped({ store, clock, mapping }: Context): Promise<boolean> {
  const digest = mappingDigest(mapping());
  if ((await store.recall(MAPPING)) === digest) return false;
  await store.work.enqueueEveryone("review", "mapping", `mapping ${digest.slice(0, 12)}`, clock.now());
  await store.remember(MAPPING, digest);
  return true;
}

const isIn = (crew: Crew, lane: Lane): boolean => crew.lanes.includes(lane);

/** One complete read before anybody but leavers is looked at: most people need no call of their own after it. */
async function readEverybody(ctx: Context, signal: AbortSignal): Promise<boolean> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      await ctx.reading.all();
      return true;
    } catch (error) {
      if (isDeadKey(error)) {
        ctx.upstream.refuse(error.message);
        return false;
      }
      if (!isRetryable(error)) ctx.emit({ kind: "loop-fault", error });
      await ctx.clock.sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures), signal);
    }
  }
  return false;
}

async function runCrew(
  ctx: Context,
  crew: Crew & { bell: Bell; beatAt: number },
  read: Gate,
  onEnded: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = ctx;
  const batches = new Set<Promise<void>>();
  const busy = new Set<Claim>();
  const leases = keepLeases(ctx, busy, signal);
  const watch: Watch = {
    stopping: () => signal.aborted,
    ended: (claim) => {
      busy.delete(claim);
      // A place is free here, and who was let go may be a leaver by now.
      onEnded();
    },
  };
  const begin = (claims: readonly Claim[]): void => {
    claims.forEach((claim) => busy.add(claim));
    const batch = workOff(ctx, claims, watch)
      .catch((error: unknown) => {
        ctx.emit({ kind: "loop-fault", error });
        claims.filter((claim) => busy.has(claim)).forEach((claim) => ctx.unsettled.add(claim));
      })
      .finally(() => {
        batches.delete(batch);
        claims.forEach((claim) => busy.delete(claim));
      });
    batches.add(batch);
  };
  while (!signal.aborted) {
    crew.beatAt = clock.now();
    try {
      const mayWork = (await isPaused(ctx, crew)) ? "wait" : standing(ctx, crew, read);
      const free = crew.atOnce - busy.size;
      const full = mayWork === "wait" || free <= 0;
      const claims = full ? [] : await take(ctx, crew.lanes, free);
      if (claims.length === 0) await idle(ctx, crew, full ? "wait" : mayWork, signal);
      else if (mayWork === "refused") await refuseAll(ctx, claims);
      else begin(claims);
    } catch (error) {
      ctx.emit({ kind: "loop-fault", error });
      await clock.sleep(FIRST_PAUSE_MS, signal);
    }
  }
  await Promise.all([leases, ...batches]);
}

async function isPaused({ paused }: Context, crew: Crew): Promise<boolean> {
  const pause = await paused();
  return pause !== undefined && (pause.all || !isIn(crew, "leaver"));
}

type Standing = "work" | "refused" | "wait";

const mayAssign = async (ctx: Context, read: Gate): Promise<boolean> =>
  !(await isPaused(ctx, ASSIGNERS)) && standing(ctx, ASSIGNERS, read) === "work";

/** Leavers do not wait for the first complete read; nobody is sent anywhere while the key is refused. */
function standing(ctx: Context, crew: Crew, read: Gate): Standing {
  const { kind } = ctx.upstream.report().state;
  if (kind === "refused") return "refused";
  // An outage after that is each person's own affair: some calls may get through.
  if (ctx.upstream.report().principal === undefined) return "wait";
  return isIn(crew, "leaver") || read.isOpen() ? "work" : "wait";
}

// Without a reason each abort makes an error with a stack.
const RUNG = "rung";

async function idle(ctx: Context, crew: Crew & { bell: Bell }, now: Standing, signal: AbortSignal): Promise<void> {
  const { store, clock } = ctx;
  const due = now === "wait" ? undefined : await store.work.nextDue(crew.lanes);
  const waitMs = due === undefined ? IDLE_MS : Math.min(IDLE_MS, Math.max(1, due - clock.now()));
  const rung = new AbortController();
  const asleep = clock.sleep(waitMs, AbortSignal.any([signal, rung.signal]));
  await Promise.race([crew.bell.rung(), asleep]);
  rung.abort(RUNG);
}

async function refuseAll(ctx: Context, claims: readonly Claim[]): Promise<void> {
  const { state } = ctx.upstream.report();
  const problem = "problem" in state ? state.problem : "Label Studio refuses the bridge";
  for (const claim of claims) await refused(ctx, claim, problem);
}

async function probeRefusals(ctx: Context, ring: () => void, signal: AbortSignal): Promise<void> {
  const { store, clock } = ctx;
  while (!signal.aborted) {
    await clock.sleep(PROBE_CHECK_MS, signal);
    if (signal.aborted || ctx.upstream.report().state.kind !== "ok") continue;
    try {
      await store.work.probeRefusals(clock.now(), clock.now() - PROBE_REFUSALS_MS);
      ring();
    } catch (error) {
      ctx.emit({ kind: "loop-fault", error });
    }
  }
}
