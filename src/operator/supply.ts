// Licensed seats for what is only foreseen: as Label Studio has last told, however long ago.
import type { Mapping } from "../mapping/index.js";
import type { SeatSupply } from "../plan/index.js";
import type { Clock, Store } from "../ports.js";

interface Asked {
  readonly store: Store;
  readonly clock: Clock;
  readonly askSeats: () => Promise<void>;
}

const DAY_MS = 86_400_000;

/** undefined: not limited as far as is known. */
export async function knownSupply(
  { store, clock, askSeats }: Asked,
  { seats: rules }: Mapping,
): Promise<SeatSupply | undefined> {
  if (rules.limit === "off") return undefined;
  await askSeats();
  const { used, limit } = (await store.seats.lastRead()) ?? {};
  if (used === undefined || limit === undefined) return undefined;
  const minimumMs = rules.minimumDays * DAY_MS;
  const resting = rules.rotation === "hold" ? await store.seats.resting(minimumMs, clock.now()) : [];
  return { used, limit, resting, waiting: await store.seats.waiting(Math.max(0, limit - used)) };
}
