// What is changed by hand at Label Studio is found by reading everybody now and then; who is as they were left costs nothing.
import { hasCode, isRetryable } from "../errors.js";
import { isNameable } from "../plan/index.js";
import type { Context } from "./context.js";
import { isDeadKey } from "./upstream.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** A complete read at each interval; one that fails is tried again soon, while Label Studio is there at all. */
export async function sweepOnSchedule(
  ctx: Context,
  begun: () => boolean,
  ring: () => void,
  signal: AbortSignal,
): Promise<void> {
  const { sweepIntervalMs, clock } = ctx;
  if (sweepIntervalMs === undefined) return;
  while (!signal.aborted) {
    await clock.sleep(sweepIntervalMs, signal);
    for (let failures = 0; !signal.aborted; failures++) {
      const isThere = begun() && ctx.upstream.report().state.kind === "ok";
      if (isThere && (await sweep(ctx))) break;
      await clock.sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures), signal);
    }
    ring();
  }
}

async function sweep(ctx: Context): Promise<boolean> {
  try {
    await ctx.reading.all();
    await ctx.places.refresh();
    await enqueueDrifted(ctx);
    return true;
  } catch (error) {
    if (isDeadKey(error)) ctx.upstream.refuse(error.message);
    else if (hasCode(error, "TARGET_UNAVAILABLE")) ctx.upstream.doubt();
    else if (!isRetryable(error)) ctx.emit({ kind: "loop-fault", error });
    return false;
  }
}

/** Only right after a complete read. */
export async function enqueueDrifted(ctx: Context): Promise<void> {
  const drifted = await ctx.store.work.enqueueDrifted("sweep", ctx.clock.now());
  ctx.emit({ kind: "swept", people: drifted + (await enqueueMisplaced(ctx)) });
}

/** Who is in what only this mapping names is not known before: whoever has been looked at meanwhile is looked at again. */
export async function readPlaces(ctx: Context): Promise<void> {
  try {
    await ctx.places.ensure();
    await enqueueMisplaced(ctx);
  } catch (error) {
    ctx.emit({ kind: "loop-fault", error });
  }
}

async function enqueueMisplaced({ store, clock, mapping, places }: Context): Promise<number> {
  const { sections } = mapping();
  const kinds = sections.map(({ kind }) => kind);
  const exact = (await places.catalog()).all.filter((of) =>
    sections.some((section) => section.kind === of.kind && section.manage === "exact" && isNameable(section, of)),
  );
  return kinds.length > 0 ? store.assignments.enqueueMisplaced({ kinds, exact }, "sweep", clock.now()) : 0;
}
