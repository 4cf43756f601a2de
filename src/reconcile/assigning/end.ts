// How somebody's turn in a batch ends: settled, held, or another try later.
import { reassigned } from "../../plan/index.js";
import type { Claim, Outcome } from "../../ports.js";
import { isoNow, type Context } from "../context.js";
import { fault, holdBack, settle } from "../settle.js";
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
    const problem = failure ?? todo.problem;
    await (problem === undefined ? conclude(ctx, todo) : failed(ctx, todo.claim, problem));
  } catch (error) {
    await failed(ctx, todo.claim, error);
  }
}

async function conclude(ctx: Context, { claim, hold, changes, rejected }: Todo): Promise<void> {
  const base = asLeft(await ctx.store.work.outcome(claim.personId));
  const held = changes.find(({ verdict }) => verdict.kind === "held");
  if (held?.verdict.kind === "held") {
    const { reason, approvable } = held.verdict;
    const ending = { ...base, state: "held" as const, reason };
    if (!approvable || held.effect === undefined) return settle(ctx, claim, ending);
    const about = { personId: claim.personId, effect: held.effect, from: undefined, to: reassigned(held.operation) };
    const anew = { ...about, origin: claim.origin, reason, at: isoNow(ctx.clock), decision: "waiting" as const };
    return holdBack(ctx, claim, ending, hold?.decision === "waiting" && hold.to === about.to ? hold : anew);
  }
  if (hold && !rejected) await ctx.store.rails.forgetHold(claim.personId, "assign");
  const told = rejected ? `an operator has rejected to take away: ${hold?.to ?? ""}` : undefined;
  return settle(ctx, claim, { ...base, warning: joined(base.warning, told) });
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
