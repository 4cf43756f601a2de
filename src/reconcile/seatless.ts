// Who is held for want of a seat goes as soon as one is free; Label Studio tells nobody, so it is asked.
import type { Context } from "./context.js";
import { freeSeats } from "./seating.js";

const ASK_MS = 30_000;
/** Where no limit is known any more: more people than any organisation has. */
const EVERYBODY = 1_000_000;

export async function recallSeatless(ctx: Context, ring: () => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await ctx.clock.sleep(ASK_MS, signal);
    if (signal.aborted || ctx.upstream.report().state.kind !== "ok") continue;
    try {
      if (await recall(ctx)) ring();
    } catch (error) {
      ctx.emit({ kind: "loop-fault", error });
    }
  }
}

async function recall(ctx: Context): Promise<boolean> {
  const { store, licence, clock } = ctx;
  if ((await store.seats.howManyWait()) === 0) return false;
  await licence.askAnew();
  const free = (await freeSeats(ctx)) ?? EVERYBODY;
  if (free > 0) await store.seats.recall(free, clock.now());
  return free > 0;
}
