// How a look ends: settled, held, or another try later. Everybody ends in exactly one state.
import { BridgeError, hasCode, isRetryable } from "../errors.js";
import type { Claim, Hold, Outcome } from "../ports.js";
import { isoNow, type Context } from "./context.js";
import { isDeadKey } from "./upstream.js";

/** What nobody refused is tried again soon; a person's share of an outage is short. */
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 60_000;
/** What Label Studio refuses waits longer; one probe a minute asks for everybody refused alike. */
const FIRST_REFUSED_MS = 5_000;
const LONGEST_REFUSED_MS = 15 * 60_000;

/** The shared reason of everybody who waits for the key to work again. */
export const DEAD_KEY = "unauthorized";

export type Ending = Pick<Outcome, "state" | "reason"> & Partial<Outcome>;

export const outcomeOf = (ctx: Context, ending: Ending): Outcome => ({
  warning: undefined,
  role: undefined,
  desiredRole: undefined,
  lastError: undefined,
  ...ending,
  at: isoNow(ctx.clock),
});

export async function settle(ctx: Context, claim: Claim, ending: Ending | "forgotten"): Promise<void> {
  await ctx.store.work.settle(claim, ending === "forgotten" ? undefined : outcomeOf(ctx, ending));
  // Whoever got through was not refused any more, and neither is anybody else who waits for the same reason.
  if (claim.refusal !== undefined) await ctx.store.work.release(claim.refusal, ctx.clock.now());
  const told = ending === "forgotten" ? { state: "converged" as const, reason: "deleted" } : ending;
  ctx.emit({ kind: "settled", personId: claim.personId, state: told.state, reason: told.reason });
}

/** Waits for an operator. */
export async function holdBack(ctx: Context, claim: Claim, ending: Ending, hold: Hold): Promise<void> {
  await ctx.store.rails.hold(claim, outcomeOf(ctx, ending), hold);
  const { state, reason } = ending;
  ctx.emit({ kind: "settled", personId: claim.personId, state, reason });
}

/** Seen again a little later, as pending: a newer change arrived or steps are left. */
export async function again(ctx: Context, claim: Claim): Promise<void> {
  await ctx.store.work.retry(claim, ctx.clock.now(), undefined, undefined);
}

/** The same for somebody of whose look nothing is known. */
export async function tryLater(ctx: Context, claim: Claim): Promise<void> {
  const wait = backoff(ctx, claim, FIRST_RETRY_MS, LONGEST_RETRY_MS);
  await ctx.store.work.retry(claim, ctx.clock.now() + wait, undefined, undefined);
}

/** A fault that cannot even be stored leaves the person leased for a moment; nobody else is to suffer from it. */
export async function fault(ctx: Context, claim: Claim, error: unknown, known: Partial<Outcome>): Promise<void> {
  try {
    await recordFault(ctx, claim, error, known);
  } catch (unstored) {
    ctx.unsettled.add(claim);
    ctx.emit({ kind: "loop-fault", error: unstored });
  }
}

async function recordFault(ctx: Context, claim: Claim, error: unknown, known: Partial<Outcome>): Promise<void> {
  if (isDeadKey(error)) {
    ctx.upstream.refuse(error.message);
    return refused(ctx, claim, error.message);
  }
  if (hasCode(error, "TARGET_UNAVAILABLE")) ctx.upstream.doubt();
  if (isRetryable(error) || (error instanceof BridgeError && error.code === "UNIQUENESS")) {
    const wait = Math.max(backoff(ctx, claim, FIRST_RETRY_MS, LONGEST_RETRY_MS), retryAfter(error));
    await ctx.store.work.retry(claim, ctx.clock.now() + wait, undefined, undefined);
    return emitRetry(ctx, claim, error);
  }
  if (!(error instanceof BridgeError)) ctx.emit({ kind: "loop-fault", error });
  const message = error instanceof Error ? error.message : String(error);
  const reason = error instanceof BridgeError ? (error.facts.reason ?? message) : "internal error";
  const wait = backoff(ctx, claim, FIRST_REFUSED_MS, LONGEST_REFUSED_MS);
  const outcome = outcomeOf(ctx, { ...known, state: "failing", reason: message, lastError: message });
  await ctx.store.work.retry(claim, ctx.clock.now() + wait, reason, outcome);
  ctx.emit({ kind: "settled", personId: claim.personId, state: "failing", reason });
}

/** Nothing is sent while the key or the organisation is refused; a probe that succeeds releases everybody. */
export async function refused(ctx: Context, claim: Claim, problem: string): Promise<void> {
  const outcome = outcomeOf(ctx, { state: "failing", reason: problem, lastError: problem });
  await ctx.store.work.retry(claim, ctx.clock.now() + LONGEST_REFUSED_MS, DEAD_KEY, outcome);
  ctx.emit({ kind: "settled", personId: claim.personId, state: "failing", reason: DEAD_KEY });
}

/** Doubles with each attempt, with up to a fifth off so that many do not come back at once. */
function backoff(ctx: Context, claim: Claim, firstMs: number, longestMs: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(claim.attempts, 20));
  return Math.round(full * (1 - 0.2 * ctx.random()));
}

const retryAfter = (error: unknown): number => (error instanceof BridgeError ? (error.facts.retryAfterMs ?? 0) : 0);

function emitRetry(ctx: Context, claim: Claim, error: unknown): void {
  const reason = error instanceof BridgeError ? error.code : "unknown";
  ctx.emit({ kind: "settled", personId: claim.personId, state: "retry", reason });
}
