// Whoever waits for a seat has an account without access until then, where the mapping wants that (seats.limit: no-access).
import { changeOf } from "../foresight/index.js";
import { isWorking } from "../membership/index.js";
import { withoutSeat } from "../plan/index.js";
import type { Context } from "./context.js";
import { seatlessFact } from "./holder.js";
import type { Look } from "./look.js";
import type { Planned } from "./planned.js";

/** What is done instead of a grant that is held for want of a seat; undefined: nothing. */
export function insteadOf(ctx: Context, { claim, look, change }: Planned): Planned | undefined {
  const { verdict } = change;
  if (verdict.kind !== "held" || !verdict.seatless) return undefined;
  const decision = withoutSeat(look.account, ctx.mapping());
  const instead = decision && changeOf({ account: look.account, decision }, look.link, claim.origin);
  return instead && { claim, look, change: instead };
}

/** A new account may come with a working role, the organisation's default: that this one is to have none outlives a crash. */
export async function noteInstead({ store, clock }: Context, { claim, change }: Planned): Promise<void> {
  if (change.operation.kind === "create-account")
    await store.remember(seatlessFact(claim.personId), new Date(clock.now()).toISOString());
}

/** Their new account has taken a seat by itself: it is given back, which is nobody's demotion. */
export async function asSeatless(ctx: Context, look: Look): Promise<Look> {
  if (ctx.mapping().seats.limit !== "no-access" || look.kind !== "account" || !look.link?.createdByUs) return look;
  const fact = seatlessFact(look.account.person.id);
  if (look.account.observed === undefined || (await ctx.store.recall(fact)) === undefined) return look;
  const decision = isWorking(look.account.observed.role) ? withoutSeat(look.account, ctx.mapping()) : undefined;
  if (decision) return { ...look, decision, uncounted: true };
  await ctx.store.forget(fact);
  return look;
}
