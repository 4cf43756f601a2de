// A batch of people, step by step: look at all, run the rails over all, carry out what is allowed, look again.
import { BridgeError, hasCode } from "../errors.js";
import { isRole, lowers } from "../membership/index.js";
import { applyRails, isOrdinary, type Change, type Operation } from "../plan/index.js";
import type { Claim, Link, PersonRow, Urgency } from "../ports.js";
import { carryOut } from "./apply.js";
import type { Context } from "./context.js";
import { linkAfter, lookAfter, lookAt, type AccountLook, type Look } from "./look.js";
import { pooled } from "./pool.js";
import { again, fault, settle, type Ending } from "./settle.js";

/** Adopt, create, role, names: nobody needs more steps than this at one time. */
const MOST_STEPS = 6;
/** People of one batch who may wait for Label Studio at once; the pace decides how many calls go out. */
const AT_ONCE = 120;

/** What the loop wants to know and to tell while people are worked on. */
export interface Watch {
  readonly stopping: () => boolean;
  /** Nothing more happens for this person. */
  readonly ended: (claim: Claim) => void;
}

interface Planned {
  readonly claim: Claim;
  readonly look: AccountLook;
  readonly change: Change;
}

/** The first step is planned for all of them together; after it nobody waits for a neighbour. */
export async function workOff(ctx: Context, claims: readonly Claim[], watch: Watch): Promise<void> {
  // Where Owners may be changed, the last one is told by counting: nobody else may change one meanwhile.
  if (ctx.mapping().protect.owners) return workOffAll(ctx, claims, watch);
  return ctx.alone(() => workOffAll(ctx, claims, watch));
}

async function workOffAll(ctx: Context, claims: readonly Claim[], watch: Watch): Promise<void> {
  const railed = await rails(ctx, await planAll(ctx, claims));
  const ended = claims.filter((claim) => !railed.some((item) => item.claim === claim));
  ended.forEach(watch.ended);
  await pooled(AT_ONCE, railed.toSorted(byOrder), async (item) => {
    await followThrough(ctx, item, watch.stopping).finally(() => watch.ended(item.claim));
  });
}

/** Carries out one step after the other until nothing is left to do for this person. */
async function followThrough(ctx: Context, first: Planned, stopping: () => boolean): Promise<void> {
  let item: Planned | undefined = first;
  for (let step = 1; item; step++) {
    const claim = await end(ctx, item);
    if (!claim) return;
    if (stopping()) return again(ctx, claim);
    if (step === MOST_STEPS) return fault(ctx, claim, unsettled(), known(item.look));
    [item] = await rails(ctx, await planAll(ctx, [claim]));
  }
}

const unsettled = (): BridgeError =>
  new BridgeError("TARGET_UNAVAILABLE", `Label Studio does not settle after ${MOST_STEPS} steps.`);

/** Holds or carries out; answers the claim when there may be more to do. */
async function end(ctx: Context, item: Planned): Promise<Claim | undefined> {
  const { claim, change, look } = item;
  const { operation, verdict } = change;
  if (verdict.kind === "held") {
    await settle(ctx, claim, { ...known(look), state: "held", reason: verdict.reason });
    return undefined;
  }
  try {
    const { account, link } = look;
    const urgency = urgencyOf(operation, claim);
    const step = { claim, account, link, operation, urgency, stillWanted: () => stillWanted(ctx, item) };
    const member = await carryOut(ctx, step);
    const ended = member && lookAfter(look, member, ctx.mapping());
    if (ended) {
      await finish(ctx, claim, ended);
      return undefined;
    }
    if (operation.kind === "soft-delete") {
      await settle(ctx, claim, "forgotten");
      return undefined;
    }
    return { ...claim, leaverDue: claim.leaverDue && !endsAccess(operation) };
  } catch (error) {
    if (hasCode(error, "VERSION_CONFLICT")) await again(ctx, claim);
    else await fault(ctx, claim, error, known(look));
    return undefined;
  }
}

/** A newer change may have come while Owners were read or a slot was waited for; nothing tells a deleted user of a re-hire. */
async function stillWanted(ctx: Context, { claim, look, change }: Planned): Promise<boolean> {
  if (!(await ctx.store.work.isCurrent(claim))) return false;
  if (look.account.person.standing !== "deleted") return true;
  const [row] = await ctx.store.work.people([claim.personId]);
  const now = row && (await lookAt(ctx, claim, row));
  if (now?.kind !== "account" || now.decision.kind !== "change") return false;
  return now.decision.operation.kind === change.operation.kind;
}

/** Looks at everybody; settles whom nothing is left to do for. */
async function planAll(ctx: Context, claims: readonly Claim[]): Promise<readonly Planned[]> {
  const rows = await ctx.store.work.people(claims.map((claim) => claim.personId));
  const planned: Planned[] = [];
  await pooled(AT_ONCE, [...claims.entries()], async ([index, claim]) => {
    const row = rows[index];
    if (!row) return;
    try {
      const look = await lookAgainIfHeld(ctx, claim, row, await lookAt(ctx, claim, row));
      if (look.kind === "account" && look.decision.kind === "change") {
        const { operation } = look.decision;
        const change: Change = {
          personId: claim.personId,
          operation,
          observed: look.account.observed,
          verdict: { kind: "allowed" },
        };
        planned.push({ claim, look: { ...look, link: await remember(ctx, look) }, change });
      } else await finish(ctx, claim, look);
    } catch (error) {
      await fault(ctx, claim, error, {});
    }
  });
  return planned;
}

/** No leaver is held for what the cache remembers of somebody who is Owner or view-only no more. */
async function lookAgainIfHeld(ctx: Context, claim: Claim, row: PersonRow, look: Look): Promise<Look> {
  if (look.kind !== "account" || look.decision.kind !== "change" || !endsAccess(look.decision.operation)) return look;
  const { observed } = look.account;
  if (observed === undefined || (isOrdinary(observed) && observed.role !== "OW")) return look;
  await ctx.reading.confirm(observed.userId, observed.email, "leaver");
  return lookAt(ctx, claim, row);
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

/** Answers the link as it is stored now. */
async function remember(ctx: Context, look: AccountLook): Promise<Link | undefined> {
  const next = linkAfter(look.link, look.account);
  if (next) await ctx.store.work.putLink(next);
  return next ?? look.link;
}

/** All rails over the whole batch. Before anything destructive the Owners are read afresh, before grants now and then. */
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
  const touching = first.filter(({ change }) => change.verdict.kind === "allowed" && touchesMember(change));
  if (touching.length === 0) return first;
  try {
    const urgency = touching.some(({ claim }) => claim.lane === "leaver") ? "leaver" : "lower";
    const destructive = touching.some(({ change }) => isDestructive(change.operation));
    const { ownerIds, ownerIdsForGrant } = ctx.reading;
    return run(planned, await (destructive ? ownerIds : ownerIdsForGrant)(urgency));
  } catch (error) {
    await Promise.all(touching.map(({ claim, look }) => fault(ctx, claim, error, known(look))));
    return first.filter((item) => !touching.includes(item));
  }
}

const endsAccess = (operation: Operation): boolean =>
  operation.kind === "deactivate" || operation.kind === "soft-delete";

const touchesMember = ({ operation, observed }: Change): boolean =>
  endsAccess(operation) || (operation.kind === "set-role" && observed !== undefined);

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
