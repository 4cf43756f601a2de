// A batch of people, step by step: look at all, run the rails over all, carry out what is allowed, look again.
import { BridgeError, hasCode } from "../errors.js";
import { changeOf, fromTo } from "../foresight/index.js";
import { isWorking } from "../membership/index.js";
import { isOrdinary, limitOn, needsSeat, type Operation, type Verdict } from "../plan/index.js";
import type { Claim, PersonRow, Urgency } from "../ports.js";
import { carryOut } from "./apply.js";
import { handOn } from "./assigning/index.js";
import { isoNow, type Context } from "./context.js";
import { ending, remember } from "./ending.js";
import { known, lookAfter, lookAt, type Look } from "./look.js";
import { asSeatless, insteadOf, noteInstead } from "./meanwhile.js";
import type { Planned } from "./planned.js";
import { pooled } from "./pool.js";
import { endsAccess, isDestructive, rails } from "./rails.js";
import { noteSeat } from "./seating.js";
import { again, fault, holdBack, settle, type Ending } from "./settle.js";

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

/** The first step is planned for all of them together; after it nobody waits for a neighbour. */
export async function workOff(ctx: Context, claims: readonly Claim[], watch: Watch): Promise<void> {
  // Where Owners may be changed, the last one is told by counting: nobody else may change one meanwhile.
  if (ctx.mapping().protect.owners) return workOffAll(ctx, claims, watch);
  return ctx.alone(() => workOffAll(ctx, claims, watch));
}

async function workOffAll(ctx: Context, claims: readonly Claim[], watch: Watch): Promise<void> {
  const planned = await planAll(ctx, claims);
  endOthers(claims, planned, watch);
  const grants = planned.filter(({ change }) => needsSeat(change));
  const others = planned.filter((item) => !grants.includes(item));
  // Nobody else waits for what Label Studio says about seats. Until both have ended somebody may still be in hand.
  const beside = ctx.mapping().protect.owners ? 2 : 1;
  await pooled(beside, [others, grants], (some) => carryOutAll(ctx, some, watch));
}

async function carryOutAll(ctx: Context, planned: readonly Planned[], watch: Watch): Promise<void> {
  const railed = await rails(ctx, planned);
  endOthers(
    planned.map(({ claim }) => claim),
    railed,
    watch,
  );
  await pooled(AT_ONCE, railed.toSorted(byOrder), async (item) => {
    const { claim } = item;
    try {
      await followThrough(ctx, item, watch.stopping);
    } catch (error) {
      ctx.unsettled.add(claim);
      throw error;
    } finally {
      ctx.licence.letGo(claim.personId);
      watch.ended(claim);
    }
  });
}

const endOthers = (claims: readonly Claim[], left: readonly Planned[], watch: Watch): void =>
  claims.filter((claim) => !left.some((item) => item.claim === claim)).forEach(watch.ended);

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
  if (verdict.kind === "held") return endHeld(ctx, item, verdict);
  try {
    const { account, link } = look;
    const urgency = urgencyOf(operation, claim);
    const step = { claim, account, link, operation, urgency, stillWanted: () => stillWanted(ctx, item) };
    const member = await carryOut(ctx, step);
    const [rotatedUntil] = await Promise.all([noteSeat(ctx, change, member), spend(ctx, item)]);
    const ended = member && lookAfter(look, member, ctx.mapping());
    if (ended) {
      await finish(ctx, claim, { ...ended, rotatedUntil });
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

type Held = Extract<Verdict, { kind: "held" }>;

async function endHeld(ctx: Context, item: Planned, verdict: Held): Promise<Claim | undefined> {
  const other = insteadOf(ctx, item);
  const [instead] = other ? await rails(ctx, [other]) : [item];
  // Without one the rails could not be asked, and that has been recorded.
  if (instead && instead.change.verdict.kind === "held") await holdOn(ctx, item, verdict);
  if (!instead || instead.change.verdict.kind === "held") return undefined;
  await noteInstead(ctx, instead);
  return end(ctx, instead);
}

/** What the breaker holds, an operator decides about; what protects somebody is not theirs to approve. */
async function holdOn(
  ctx: Context,
  { claim, look, change }: Planned,
  { reason, approvable, seatless }: Held,
): Promise<void> {
  const seatSince = seatless ? ctx.clock.now() : undefined;
  const ending: Ending = { ...known(look), state: "held", reason, seatSince };
  const { personId, origin } = claim;
  const { effect } = change;
  if (!approvable || effect === undefined) return settle(ctx, claim, ending);
  const hold = look.hold ?? {
    personId,
    effect,
    ...fromTo(change),
    origin,
    reason,
    at: isoNow(ctx.clock),
    decision: "waiting",
  };
  return holdBack(ctx, claim, ending, hold);
}

/** What an operator has approved is nobody else's to pay for. */
async function spend({ store, mapping, clock }: Context, { look, change }: Planned): Promise<void> {
  const { effect, observed, personId } = change;
  if (effect === undefined || limitOn(effect, mapping().safety) === undefined || look.hold) return;
  const lostRole = isWorking(observed?.role) && !isWorking(fromTo(change).to);
  await store.rails.spend(personId, effect, lostRole, clock.now());
}

/** A newer change may have come while Owners were read or a slot was waited for; nothing tells a deleted user of a re-hire. */
async function stillWanted(ctx: Context, { claim, look, change }: Planned): Promise<boolean> {
  const pause = await ctx.paused();
  if (pause && (pause.all || !endsAccess(change.operation))) return false;
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
  const planned: (Planned | undefined)[] = [];
  await pooled(AT_ONCE, [...claims.entries()], async ([index, claim]) => {
    const row = rows[index];
    if (!row) return;
    try {
      const first = await lookAgainIfDoubtful(ctx, claim, row, await lookAt(ctx, claim, row));
      const look = await asSeatless(ctx, await lookAgainIfHeld(ctx, claim, row, first));
      const change = look.kind === "account" ? changeOf(look, look.link, claim.origin, look.hold) : undefined;
      if (look.kind === "account" && change) {
        const counted = look.uncounted ? { ...change, effect: undefined } : change;
        planned[index] = { claim, look: { ...look, link: await remember(ctx, look) }, change: counted };
      } else await finish(ctx, claim, look);
    } catch (error) {
      await fault(ctx, claim, error, {});
    }
  });
  // In the order of the claims: who has waited longest is first.
  return planned.filter((item) => item !== undefined);
}

/** Nobody is left as the cache says after a call whose answer was lost; whatever is sent again needs no question. */
async function lookAgainIfDoubtful(ctx: Context, claim: Claim, row: PersonRow, look: Look): Promise<Look> {
  if (look.kind !== "account" || look.decision.kind === "change") return look;
  const { link } = look;
  if (!link || !ctx.doubtful.has(link.userId)) return look;
  await ctx.reading.confirm(link.userId, link.email, claim.lane === "leaver" ? "leaver" : "grant");
  ctx.doubtful.delete(link.userId);
  return lookAt(ctx, claim, row);
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
      // Whose deletion an operator has rejected works on: that stays to be seen.
      const isRejected = account.observed !== undefined && look.row.hold?.decision === "rejected";
      const deletedIsDone = account.person.standing === "deleted" && decision.kind === "settled" && !isRejected;
      if (deletedIsDone) return settle(ctx, claim, "forgotten");
      const left = await handOn(ctx, claim, look, ending(ctx, look));
      return left && settle(ctx, claim, left);
    }
  }
}

function urgencyOf(operation: Operation, claim: Claim): Urgency {
  if (endsAccess(operation)) return "leaver";
  if (isDestructive(operation)) return "lower";
  return claim.lane === "sweep" ? "sweep" : "grant";
}

const ORDER = { leaver: 0, lower: 1, grant: 2, sweep: 3 } as const satisfies Record<Urgency, number>;

const byOrder = (a: Planned, b: Planned): number =>
  ORDER[urgencyOf(a.change.operation, a.claim)] - ORDER[urgencyOf(b.change.operation, b.claim)];
