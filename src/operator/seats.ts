// Licensed seats for operators: as last told by Label Studio, and what the store knows of who waits and who had one.
import { changeOf, foresee, type Known } from "../foresight/index.js";
import { needsSeat } from "../plan/index.js";
import type { Clock, SeatMonth, SeatsRead } from "../ports.js";

export interface SeatReport {
  /** undefined: Label Studio has never been asked. */
  readonly now: (SeatsRead & { readonly free: number | undefined }) | undefined;
  /** People held for want of a seat. */
  readonly waiting: number;
  /** People in the outbox who are about to need one, and what is left free after them. */
  readonly forecast: { readonly grants: number; readonly free: number | undefined };
  /** Calendar months in UTC, the newest first. */
  readonly rotation: readonly SeatMonth[];
}

interface Asked extends Known {
  readonly clock: Clock;
  readonly askSeats: () => Promise<void>;
}

const MONTHS = 6;
const AT_ONCE = 500;

export async function seatReport(options: Asked): Promise<SeatReport> {
  const { store, clock } = options;
  await options.askSeats();
  const read = await store.seats.lastRead();
  const now = read && withFree(read);
  const grants = await grantsWaiting(options);
  const free = now?.free === undefined ? undefined : now.free - grants;
  return {
    now,
    waiting: await store.seats.howManyWait(),
    forecast: { grants, free },
    rotation: await store.seats.months(MONTHS, clock.now()),
  };
}

function withFree({ used, limit, at }: SeatsRead) {
  const free = used === undefined || limit === undefined ? undefined : Math.max(0, limit - used);
  return { used, limit, free, at };
}

async function grantsWaiting({ store, mapping }: Known): Promise<number> {
  let grants = 0;
  for (let ids = await store.seats.queued("", AT_ONCE); ids.length > 0;) {
    const foreseen = await foresee({ store, mapping }, await store.work.people(ids));
    const changes = foreseen.flatMap((each) => changeOf(each, each.row.link, "") ?? []);
    grants += changes.filter(needsSeat).length;
    ids = await store.seats.queued(ids.at(-1) ?? "", AT_ONCE);
  }
  return grants;
}
