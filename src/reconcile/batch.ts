// A batch of people, step by step: look at all, run the rails over all, carry out what is allowed, look again.
import { BridgeError } from "../errors.js";
import { isRole, lowers } from "../membership/index.js";
import { applyRails, type Change, type Operation } from "../plan/index.js";
import type { Claim, Urgency } from "../ports.js";
import { carryOut } from "./apply.js";
import type { Context } from "./context.js";
import { linkAfter, lookAt, type Look } from "./look.js";
import { pooled } from "./pool.js";
import { again, fault, settle, type Ending } from "./settle.js";

/** Adopt, create, role, names: nobody needs more steps than this at one time. */
const MOST_STEPS = 6;
/** Looks and calls of one batch that may wait for Label Studio at once; the pace decides how many go out. */
const AT_ONCE = 8;

type AccountLook = Extract<Look, { kind: "account" }>;
interface Planned {
  readonly claim: Claim;
  readonly look: AccountLook;
  readonly change: Change;
}

export async function workOff(ctx: Context, claims: readonly Claim[], stopping: () => boolean): Promise<void> {
  let open = claims;
  for (let step = 0; step < MOST_STEPS && open.length > 0 && !stopping(); step++) open = await takeStep(ctx, open);
  const unsettled = new BridgeError("TARGET_UNAVAILABLE", `Label Studio does not settle after ${MOST_STEPS} steps.`);
  await Promise.all(open.map((claim) => (stopping() ? again(ctx, claim) : fault(ctx, claim, unsettled, {}))));
}

/** Answers who has to be looked at again. */
async function takeStep(ctx: Context, claims: readonly Claim[]): Promise<readonly Claim[]> {
  const planned = await planAll(ctx, claims);
  const railed = await rails(ctx, planned);
  const open: Claim[] = [];
  await pooled(AT_ONCE, railed.toSorted(byOrder), async (item) => {
    const { claim, change, look } = item;
    if (change.verdict.kind === "held")
      return settle(ctx, claim, { ...known(look), state: "held", reason: change.verdict.reason });
    if (!(await ctx.store.work.isCurrent(claim))) return again(ctx, claim);
    const { operation } = change;
    try {
      await carryOut(ctx, {
        claim,
        account: look.account,
        link: look.link,
        operation,
        urgency: urgencyOf(operation, claim),
      });
      open.push({ ...claim, leaverDue: claim.leaverDue && !endsAccess(operation) });
    } catch (error) {
      await fault(ctx, claim, error, known(look));
    }
  });
  return open;
}

/** Looks at everybody; settles whom nothing is left to do for. */
async function planAll(ctx: Context, claims: readonly Claim[]): Promise<readonly Planned[]> {
  const rows = await ctx.store.work.people(claims.map((claim) => claim.personId));
  const planned: Planned[] = [];
  await pooled(AT_ONCE, [...claims.entries()], async ([index, claim]) => {
    const row = rows[index];
    if (!row) return;
    try {
      const look = await lookAt(ctx, claim, row);
      if (look.kind === "account" && look.decision.kind === "change") {
        const { operation } = look.decision;
        const change: Change = {
          personId: claim.personId,
          operation,
          observed: look.account.observed,
          verdict: { kind: "allowed" },
        };
        await remember(ctx, look);
        planned.push({ claim, look, change });
      } else await finish(ctx, claim, look);
    } catch (error) {
      await fault(ctx, claim, error, {});
    }
  });
  return planned;
}

async function finish(ctx: Context, claim: Claim, look: Look): Promise<void> {
  switch (look.kind) {
    case "forgotten":
      return settle(ctx, claim, "forgotten");
    case "failing":
      return settle(ctx, claim, { state: "failing", reason: look.reason, lastError: look.reason });
    case "settled":
      return settle(ctx, claim, { state: "converged", reason: look.reason });
    case "account": {
      const { decision, account } = look;
      await remember(ctx, look);
      const deletedIsDone = account.person.standing === "deleted" && decision.kind === "settled";
      return settle(ctx, claim, deletedIsDone ? "forgotten" : ending(look));
    }
  }
}

function ending(look: AccountLook): Ending {
  const { decision } = look;
  if (decision.kind === "failing")
    return { ...known(look), state: "failing", reason: decision.reason, lastError: decision.reason };
  const warning = decision.kind === "settled" ? decision.warning : undefined;
  return { ...known(look), state: "converged", reason: decision.reason, warning };
}

const known = ({ account, decision }: AccountLook) => ({
  role: account.observed?.role,
  desiredRole: decision.desiredRole,
});

async function remember(ctx: Context, look: AccountLook): Promise<void> {
  const next = linkAfter(look.link, look.account);
  if (next) await ctx.store.work.putLink(next);
}

/** All rails over the whole batch; before anything destructive the Owners are read afresh. */
async function rails(ctx: Context, planned: readonly Planned[]): Promise<readonly Planned[]> {
  const run = (among: readonly Planned[], ownerIds: readonly number[] | undefined): readonly Planned[] => {
    const railed = applyRails(
      among.map((item) => item.change),
      {
        principalId: ctx.upstream.report().principal?.userId,
        ownersProtected: ctx.mapping().protect.owners,
        observeOnly: ctx.observeOnly,
        ownerIds,
      },
    );
    return among.map((item, index) => ({ ...item, change: railed[index] ?? item.change }));
  };
  const first = run(planned, undefined);
  const destructive = first.filter(
    ({ change }) => change.verdict.kind === "allowed" && isDestructive(change.operation),
  );
  if (destructive.length === 0) return first;
  try {
    const urgency = destructive.some(({ claim }) => claim.lane === "leaver") ? "leaver" : "lower";
    return run(planned, await ctx.reading.ownerIds(urgency));
  } catch (error) {
    await Promise.all(destructive.map(({ claim, look }) => fault(ctx, claim, error, known(look))));
    return first.filter((item) => !destructive.includes(item));
  }
}

const endsAccess = (operation: Operation): boolean =>
  operation.kind === "deactivate" || operation.kind === "soft-delete";

const isDestructive = (operation: Operation): boolean =>
  endsAccess(operation) ||
  (operation.kind === "set-role" &&
    (operation.role === "DI" || lowers(operation.from, operation.role) || !isRole(operation.from)));

function urgencyOf(operation: Operation, claim: Claim): Urgency {
  if (endsAccess(operation)) return "leaver";
  if (isDestructive(operation)) return "lower";
  return claim.lane === "sweep" ? "sweep" : "grant";
}

const ORDER = { leaver: 0, lower: 1, grant: 2, sweep: 3 } as const satisfies Record<Urgency, number>;

const byOrder = (a: Planned, b: Planned): number =>
  ORDER[urgencyOf(a.change.operation, a.claim)] - ORDER[urgencyOf(b.change.operation, b.claim)];
