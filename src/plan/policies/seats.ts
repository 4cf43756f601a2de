import { isWorking } from "../../membership/index.js";
import type { Change } from "../change.js";
import type { Policy } from "./policy.js";
import type { SeatSupply } from "./supply.js";

/** From no membership, NO, DI or view-only to a working role, or a new account that is to have one. */
export const needsSeat = ({ operation, observed, desiredRole }: Change): boolean =>
  (operation.kind === "set-role" || operation.kind === "create-account" || operation.kind === "invite") &&
  isWorking(desiredRole) &&
  !isWorking(observed?.role);

/** Free seats go to who has waited longest; the others wait for the next ones. Nobody can approve what is not there. */
export const seats: Policy = (changes, { seats: supply, mapping }) => {
  const held = new Map<Change, string>();
  if (supply === undefined) return held;
  const wanting = changes.filter((change) => needsSeat(change) && !hasOwn(change, supply));
  const free = Math.max(0, supply.limit - supply.used - supply.resting.length);
  const queue = new Set([...supply.waiting, ...wanting.map(({ personId }) => personId)]);
  const served = new Set([...queue].slice(0, free));
  const meanwhile = mapping.seats.limit === "no-access" ? ", with role NO until then" : "";
  for (const change of wanting)
    if (!served.has(change.personId)) held.set(change, reasonOf(supply, served.size) + meanwhile);
  return held;
};

/** Their own seat rests: what is kept from others is not kept from them, while a seat is free at all. */
const hasOwn = ({ observed }: Change, { used, limit, resting }: SeatSupply): boolean =>
  used < limit && resting.some(({ userId }) => userId === observed?.userId);

function reasonOf({ used, limit, resting }: SeatSupply, promised: number): string {
  const ahead = promised > 0 ? `, ${promised} of them promised to who has waited longer` : "";
  const [first] = resting;
  const rest = first ? `; ${resting.length} given up too early, the first may be given on ${day(first.until)}` : "";
  return `seats: ${used + promised} of ${limit} in use${ahead}${rest}; waits for the next one`;
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);
