// All rails over a whole batch, with what they have to know: budgets and administrators from the store, Owners and
// seats from Label Studio.
import { isRole, lowers } from "../membership/index.js";
import { applyRails, type Change, type Operation, type RailContext } from "../plan/index.js";
import { budgets } from "./census.js";
import type { Context } from "./context.js";
import { known } from "./look.js";
import type { Planned } from "./planned.js";
import { protections } from "./protections.js";
import { reserveSeats, seatQueue, supplyNow } from "./seating.js";
import { fault } from "./settle.js";

/** Before anything destructive the Owners are read afresh, before grants now and then. */
export async function rails(ctx: Context, planned: readonly Planned[]): Promise<readonly Planned[]> {
  const first = run(planned, protections(ctx));
  const asked = first.filter(isAllowed);
  if (asked.length === 0) return first;
  try {
    const counted = { ...protections(ctx), ...(await fromStore(ctx, first)) };
    const queue = await seatQueue(ctx, first);
    const seated = (context: RailContext) => run(planned, { ...context, seats: supplyNow(ctx, planned, queue) });
    const second = seated(counted);
    const touching = second.filter((item) => isAllowed(item) && touchesMember(item.change));
    if (touching.length === 0) return reserveSeats(ctx, second);
    const ownerIds = await owners(ctx, touching);
    return reserveSeats(ctx, seated({ ...counted, ownerIds }));
  } catch (error) {
    await Promise.all(asked.map(({ claim, look }) => fault(ctx, claim, error, known(look))));
    return first.filter((item) => !asked.includes(item));
  }
}

const isAllowed = ({ change }: Planned): boolean => change.verdict.kind === "allowed";

function run(planned: readonly Planned[], context: RailContext): readonly Planned[] {
  const railed = applyRails(
    planned.map((item) => item.change),
    context,
  );
  return planned.map((item, index) => ({ ...item, change: railed[index] ?? item.change }));
}

async function fromStore(
  ctx: Context,
  planned: readonly Planned[],
): Promise<Pick<RailContext, "budgets" | "administrators">> {
  const demotes = planned.some(({ change }) => change.effect === "lower" && isAdministrator(change));
  return {
    budgets: await budgets(ctx, planned),
    administrators: demotes ? (await ctx.store.rails.membersWith(ADMINISTRATORS)).length : undefined,
  };
}

const ADMINISTRATORS = ["OW", "AD"];
const isAdministrator = ({ observed }: Change): boolean => ADMINISTRATORS.includes(observed?.role ?? "");

async function owners({ reading }: Context, touching: readonly Planned[]): Promise<readonly number[] | undefined> {
  const urgency = touching.some(({ claim }) => claim.lane === "leaver") ? "leaver" : "lower";
  const destructive = touching.some(({ change }) => isDestructive(change.operation));
  return (destructive ? reading.ownerIds : reading.ownerIdsForGrant)(urgency);
}

export const endsAccess = ({ kind }: Operation): boolean =>
  kind === "deactivate" || kind === "soft-delete" || kind === "revoke-invitation";

const touchesMember = ({ operation, observed }: Change): boolean =>
  observed !== undefined && (endsAccess(operation) || operation.kind === "set-role");

export const isDestructive = (operation: Operation): boolean =>
  endsAccess(operation) ||
  (operation.kind === "set-role" &&
    (operation.role === "DI" || lowers(operation.from, operation.role) || !isRole(operation.from)));
