// Grants and licensed seats: what the rails are told before, and what the ledger is told after.
import { isRole, isWorking, type Member } from "../membership/index.js";
import { needsSeat, type Change, type Resting, type SeatSupply } from "../plan/index.js";
import type { Context } from "./context.js";
import { minimumMs } from "./licence.js";
import type { Planned } from "./planned.js";

/** Who is ahead, and what is not to be given on yet. */
export interface SeatQueue {
  readonly waiting: readonly string[];
  readonly resting: readonly Resting[];
}

/** undefined: nobody needs a seat, or there is no limit as far as is known. */
export async function seatQueue(ctx: Context, planned: readonly Planned[]): Promise<SeatQueue | undefined> {
  if (ctx.mapping().seats.limit === "off" || !planned.some(mayTakeSeat)) return undefined;
  await ctx.licence.ask();
  const count = ctx.licence.count(new Set());
  if (!count) return undefined;
  const enough = Math.max(0, count.limit - count.used) + ctx.licence.given() + planned.length;
  return { waiting: await ctx.store.seats.waiting(enough), resting: await resting(ctx) };
}

/** The numbers of this moment: nobody else may be given a seat between asking for them and reserving. */
export function supplyNow(
  { licence }: Context,
  planned: readonly Planned[],
  queue: SeatQueue | undefined,
): SeatSupply | undefined {
  const batch = new Set(planned.map(({ claim }) => claim.personId));
  const count = queue && licence.count(batch);
  if (!count) return undefined;
  // Whoever was promised a seat by an earlier step has it, however long others wait.
  const promised = [...batch].filter((personId) => licence.has(personId));
  const waiting = [...promised, ...queue.waiting.filter((personId) => !licence.has(personId))];
  return { ...count, waiting, resting: queue.resting };
}

export function reserveSeats({ licence, mapping }: Context, planned: readonly Planned[]): readonly Planned[] {
  if (mapping().seats.limit === "off") return planned;
  for (const item of planned) if (mayTakeSeat(item)) licence.reserve(item.claim.personId);
  return planned;
}

const mayTakeSeat = ({ change }: Planned): boolean => change.verdict.kind === "allowed" && needsSeat(change);

/** How many can be given now; undefined: as many as one likes. */
export async function freeSeats(ctx: Context): Promise<number | undefined> {
  const count = ctx.licence.count(new Set());
  return count && Math.max(0, count.limit - count.used - (await resting(ctx)).length);
}

async function resting(ctx: Context): Promise<readonly Resting[]> {
  if (ctx.mapping().seats.rotation === "report") return [];
  return ctx.store.seats.resting(minimumMs(ctx), ctx.clock.now());
}

/** After the call, with what it answered; answers until when the seat would have rested, when it was another person's. */
export async function noteSeat(ctx: Context, change: Change, member: Member | undefined): Promise<number | undefined> {
  if (needsSeat(change)) return noteTaken(ctx, change, member);
  const { operation, observed, personId } = change;
  if (!("from" in operation) || (isRole(observed?.role) && !isWorking(observed.role))) return undefined;
  if (operation.kind === "set-role" && isWorking(operation.role)) return undefined;
  ctx.licence.freed(personId);
  await ctx.store.seats.free(operation.userId, ctx.clock.now());
  return undefined;
}

async function noteTaken(
  ctx: Context,
  { operation, personId }: Change,
  answered: Member | undefined,
): Promise<number | undefined> {
  const { licence, store, clock, mapping } = ctx;
  const isNew = operation.kind === "create-account";
  const member = isNew ? (await store.work.observedByEmail([operation.email])).get(operation.email) : answered;
  // A new account has its role by the next step, unless it comes with one; until then the seat is reserved.
  if (isNew && !isWorking(member?.role)) return undefined;
  const isCounted = mapping().seats.limit !== "off";
  const count = isCounted ? licence.count(new Set([personId])) : undefined;
  if (isCounted) licence.took(personId);
  // Whose answer does not show them at work is found by the next complete read.
  if (!member || !isWorking(member.role)) return undefined;
  const supply = count && { free: count.limit - count.used, minimumMs: minimumMs(ctx) };
  return store.seats.take(member.userId, clock.now(), supply);
}

/** Told until the seat could have been given on anyway. */
export function rotationWarning({ mapping, clock }: Context, until: number | undefined): string | undefined {
  if (until === undefined || until <= clock.now()) return undefined;
  return (
    `seats: another person had this seat for less than ${mapping().seats.minimumDays} days, no other was free; ` +
    `it should have rested until ${new Date(until).toISOString().slice(0, 10)}`
  );
}
