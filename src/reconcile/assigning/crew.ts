// Gathers whoever waits in lane `assign`, so that a thousand people are a handful of calls.
import type { Claim, Lane } from "../../ports.js";
import type { Context } from "../context.js";
import { keepLeases, take } from "../leases.js";
import { assignAll } from "./batch.js";

const LANES: readonly Lane[] = ["assign"];
/** Whoever is still to be looked at may be to join the same. */
const BEFORE: readonly Lane[] = ["change", "review", "sweep"];
const MOST_AT_ONCE = 5_000;
const LOOK_MS = 250;
/** Without sections only those wait whom a mapping with some has left here. */
const SELDOM_MS = 5_000;
/** Nobody has come for so long. */
const QUIET_MS = 1_000;
/** While there is always somebody to be looked at, nobody waits longer. */
const LONGEST_GATHERING_MS = 10_000;
const PAUSE_MS = 500;

/** One batch at a time: what one has read and changed, the next one builds on. */
export async function assigners(ctx: Context, mayWork: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const { clock, emit } = ctx;
  const inHand = new Set<Claim>();
  const leases = keepLeases(ctx, inHand, signal);
  const isGathered = gathering(ctx);
  while (!signal.aborted) {
    try {
      if (!(await mayWork()) || !(await isGathered())) {
        await clock.sleep(ctx.mapping().sections.length > 0 ? LOOK_MS : SELDOM_MS, signal);
        continue;
      }
      const claims = await take(ctx, LANES, MOST_AT_ONCE, QUIET_MS);
      claims.forEach((claim) => inHand.add(claim));
      await assignAll(ctx, claims);
    } catch (error) {
      emit({ kind: "loop-fault", error });
      await clock.sleep(PAUSE_MS, signal);
    } finally {
      inHand.clear();
    }
  }
  await leases;
}

/** True once somebody waits and nobody else is about to come. */
function gathering({ store, clock, mapping }: Context): () => Promise<boolean> {
  let since: number | undefined;
  let busyAt = -Infinity;
  return async () => {
    const now = clock.now();
    const due = await store.work.nextDue(LANES);
    if (due === undefined || due > now) {
      since = undefined;
      return false;
    }
    since ??= now;
    const next = await store.work.nextDue(BEFORE);
    if (next !== undefined && next <= now + QUIET_MS) busyAt = now;
    const isQuiet = now - busyAt >= QUIET_MS || now - since >= LONGEST_GATHERING_MS || mapping().sections.length === 0;
    if (isQuiet) since = undefined;
    return isQuiet;
  };
}
