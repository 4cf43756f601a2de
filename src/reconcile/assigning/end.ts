// How somebody's turn in a batch ends: settled, held, or another try later.
import { hasCode } from "../../errors.js";
import { isAbout } from "../../foresight/index.js";
import { reassigned } from "../../plan/index.js";
import type { Claim, Hold, Outcome } from "../../ports.js";
import { isoNow, type Context } from "../context.js";
import { again, fault, holdBack, settle } from "../settle.js";
import type { Todo } from "./todo.js";

export async function failed(ctx: Context, claim: Claim, error: unknown): Promise<void> {
  const known = await ctx.store.work.outcome(claim.personId).catch(() => undefined);
  return fault(ctx, claim, error, { role: known?.role, desiredRole: known?.desiredRole });
}

/** What fails here is one person's affair. */
export async function end(ctx: Context, todo: Todo, failure: unknown): Promise<void> {
  try {
    // Whoever has changed meanwhile is looked at again, or has been.
    if (!(await ctx.store.work.isCurrent(todo.claim))) return;
    // A pause came in between.
    if (hasCode(failure, "VERSION_CONFLICT")) return await again(ctx, todo.claim);
    const problem = failure ?? todo.problem;
    if (problem === undefined) return await conclude(ctx, todo);
    // What they are taken out of waits for an operator, whatever else fails.
    const held = heldOf(ctx, todo);
    if (held?.hold) await ctx.store.rails.holdBeside(todo.claim, held.hold);
    else if (failure === undefined && isCarriedOut(todo))
      await ctx.store.rails.forgetHold(todo.claim.personId, "assign");
    await failed(ctx, todo.claim, problem);
  } catch (error) {
    await failed(ctx, todo.claim, error);
  }
}

const isCarriedOut = ({ hold, changes }: Todo): boolean =>
  hold !== undefined && changes.some((change) => isAbout(hold, change));

async function conclude(ctx: Context, todo: Todo): Promise<void> {
  const { claim, hold, rejected } = todo;
  const base = asLeft(await ctx.store.work.outcome(claim.personId));
  const held = heldOf(ctx, todo);
  if (held) {
    const ending = { ...base, state: "held" as const, reason: held.reason };
    return held.hold ? holdBack(ctx, claim, ending, held.hold) : settle(ctx, claim, ending);
  }
  if (hold && !rejected) await ctx.store.rails.forgetHold(claim.personId, "assign");
  const told = rejected ? `an operator has rejected to take away: ${hold?.to ?? ""}` : undefined;
  return settle(ctx, claim, { ...base, warning: joined(base.warning, told) });
}

/** Why something is not done; with a hold, where an operator can decide about it. */
function heldOf(ctx: Context, { claim, hold, changes }: Todo): { reason: string; hold: Hold | undefined } | undefined {
  const held = changes.find(({ verdict }) => verdict.kind === "held");
  if (held?.verdict.kind !== "held") return undefined;
  const { reason, approvable } = held.verdict;
  if (!approvable || held.effect === undefined) return { reason, hold: undefined };
  const about = { personId: claim.personId, effect: held.effect, from: undefined, to: reassigned(held.operation) };
  const anew: Hold = { ...about, origin: claim.origin, reason, at: isoNow(ctx.clock), decision: "waiting" };
  return { reason, hold: hold?.decision === "waiting" && hold.to === about.to ? hold : anew };
}

/** As the look at their role has ended; what has failed here since is over. */
function asLeft(outcome: Outcome | undefined): Omit<Outcome, "at" | "reason" | "state"> & {
  readonly reason: string;
  readonly state: "converged";
} {
  const { role, desiredRole, warning } = outcome ?? { role: undefined, desiredRole: undefined, warning: undefined };
  const reason = outcome?.state === "converged" ? outcome.reason : "role as it was";
  return { role, desiredRole, warning, lastError: undefined, reason, state: "converged" };
}

const joined = (...texts: readonly (string | undefined)[]): string | undefined =>
  texts.filter((text) => text !== undefined).join("; ") || undefined;
