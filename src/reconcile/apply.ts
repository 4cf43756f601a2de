// The only file that calls Target.apply. Each step leaves the store so that a crash right after it loses nothing.
import { BridgeError, hasCode } from "../errors.js";
import { invitation, invitedFact } from "../foresight/index.js";
import { isRole, type Member } from "../membership/index.js";
import { namesKey, type Account, type MemberOperation } from "../plan/index.js";
import type { AuditLine, Claim, Errand, Link, Target, Urgency } from "../ports.js";
import { isoNow, type Context } from "./context.js";
import { isAnswered } from "./doubt.js";
import { reporting, why } from "./errand.js";
import { leftWith } from "./assigning/index.js";
import { creatingFact } from "./holder.js";
import { strangersLink } from "./look.js";

export interface Step {
  readonly claim: Claim;
  readonly account: Account;
  readonly link: Link | undefined;
  readonly operation: MemberOperation;
  readonly urgency: Urgency;
  /** Asked once more when the call has its turn. */
  readonly stillWanted: () => Promise<boolean>;
}

/** Carries out one operation and records before and after; answers the member as a role update has left them. Throws what the Target throws. */
export async function carryOut(context: Context, step: Step): Promise<Member | undefined> {
  const { operation } = step;
  const report = reporting(context, step);
  const answers: Answers = {};
  const ctx = { ...context, target: onErrand(context.target, report.errand, answers) };
  await ctx.store.work.audit(line(ctx, step, { stage: "sent" }));
  try {
    const member = await perform(ctx, step);
    const done = line(ctx, step, { stage: "done", ...answers });
    await (member ? ctx.reading.answered(done, member) : ctx.store.work.auditAnswer(done));
    ctx.upstream.trust();
    if ("userId" in operation) ctx.doubtful.delete(operation.userId);
    report.applied();
    return member;
  } catch (error) {
    if ("userId" in operation && !isAnswered(error)) ctx.doubtful.add(operation.userId);
    const answer = error instanceof Error ? error.message : String(error);
    const stage = hasCode(error, "VERSION_CONFLICT") ? "superseded" : "failed";
    await ctx.store.work.auditAnswer(line(ctx, step, { stage, answer }));
    report.failed(error);
    throw error;
  }
}

/** The same target, whose changes are on this errand. */
const onErrand = (target: Target, errand: Errand, answers: Answers): Target => ({
  ...target,
  apply: async (operation, urgency, stillWanted) => {
    const member = await target.apply(operation, urgency, stillWanted, errand);
    answers.observed = member?.role ?? null;
    return member;
  },
});

/** What Label Studio shows after the call: the role, null where there is no membership or none with a role. */
interface Answers {
  observed?: string | null;
}

function line({ clock }: Context, step: Step, outcome: AuditLine["detail"]): AuditLine {
  const { claim, operation } = step;
  const facts = "userId" in operation ? { userId: operation.userId } : {};
  return {
    at: isoNow(clock),
    actor: "bridge",
    requestId: claim.requestId,
    action: `member.${operation.kind}`,
    subject: claim.personId,
    detail: {
      ...facts,
      ...("from" in operation ? { from: operation.from ?? null } : {}),
      ...("role" in operation ? { to: operation.role } : {}),
      ...(operation.kind === "deactivate" ? { to: "DI" } : {}),
      cause: claim.cause,
      // Whose doing it was, by which the list of changes finds what had asked for it.
      origin: claim.origin,
      why: why(step.account),
      ...outcome,
    },
  };
}

async function perform(ctx: Context, step: Step): Promise<Member | undefined> {
  const { operation, account } = step;
  if (operation.kind === "set-role" && account.observed) return setRole(ctx, step, operation);
  await performOther(ctx, step, operation);
  return undefined;
}

async function performOther(ctx: Context, step: Step, operation: MemberOperation): Promise<void> {
  switch (operation.kind) {
    case "create-account":
      return create(ctx, step, operation);
    case "invite":
      return invite(ctx, step, operation);
    case "revoke-invitation":
      return revokeInvitation(ctx, step, operation);
    case "set-role":
      return revive(ctx, step, operation);
    case "deactivate":
      return deactivate(ctx, step, operation);
    case "soft-delete":
      return softDelete(ctx, step, operation);
    case "set-names":
      return setNames(ctx, step, operation);
  }
}

type Of<Kind extends MemberOperation["kind"]> = Extract<MemberOperation, { kind: Kind }>;

async function create(ctx: Context, step: Step, operation: Of<"create-account">): Promise<void> {
  const { store, target, reading } = ctx;
  const { person } = step.account;
  const triedBefore = (await store.recall(creatingFact(person.id))) !== undefined;
  await store.remember(creatingFact(person.id), isoNow(ctx.clock));
  try {
    const member = await target.apply(operation, step.urgency, step.stillWanted);
    if (!member) throw new BridgeError("TARGET_UNAVAILABLE", "Label Studio created the account without naming it.");
    await reading.learn(member);
    await store.work.putLink(newLink(step, member, true));
    await store.forget(creatingFact(person.id));
  } catch (error) {
    if (!hasCode(error, "TARGET_REFUSED")) throw error;
    if (!error.facts.alreadyExists) {
      await store.forget(creatingFact(person.id));
      throw error;
    }
    await alreadyExists(ctx, step, operation.email, triedBefore);
  }
}

/** The address is taken although nobody was found: a search, else a complete read decides; the next look adopts. */
async function alreadyExists(ctx: Context, step: Step, email: string, triedBefore: boolean): Promise<void> {
  if (await ctx.reading.searchByEmail(email, step.urgency)) return;
  // After an attempt of ours whose answer was lost, what was read before it says nothing.
  await (triedBefore ? ctx.reading.allAnew() : ctx.reading.allIfStale());
  if ((await ctx.store.work.observedByEmail([email])).has(email)) return;
  await ctx.store.forget(creatingFact(step.claim.personId));
  await inviteOrRefuse(
    ctx,
    step,
    "Label Studio has an account with this e-mail, but not in this organisation: it is in another one, or was removed " +
      "from this one. Invite the person again in Label Studio, or set create: invite in the mapping.",
    "account-exists-elsewhere",
  );
}

/**
 * Once soft-deleted, a membership comes back by a role update at best (contract 3, unknown (b)): a 2xx alone is no
 * success, only a row in the list is.
 */
async function revive(ctx: Context, step: Step, operation: Of<"set-role">): Promise<void> {
  try {
    await ctx.target.apply(operation, step.urgency, step.stillWanted);
  } catch (error) {
    if (!hasCode(error, "TARGET_REFUSED")) throw error;
  }
  const member = await ctx.reading.confirm(operation.userId, operation.email, step.urgency);
  if (member) return ctx.store.work.putLink(step.link ?? newLink(step, member, true));
  await inviteOrRefuse(
    ctx,
    step,
    `Label Studio user ${operation.userId} was removed from the organisation and a role update did not bring the ` +
      "membership back. Invite the person again in Label Studio, or set create: invite in the mapping.",
    "membership-removed",
  );
}

async function inviteOrRefuse(ctx: Context, step: Step, wayOut: string, reason: string): Promise<void> {
  const { person, resolution } = step.account;
  if (ctx.mapping().create !== "invite" || person.email === undefined)
    throw new BridgeError("TARGET_REFUSED", wayOut, { reason });
  const role = resolution === undefined || resolution.role === "keep" ? "NO" : resolution.role;
  await carryOut(ctx, { ...step, operation: { kind: "invite", email: person.email, role } });
}

async function invite(ctx: Context, step: Step, operation: Of<"invite">): Promise<void> {
  await ctx.target.apply(operation, step.urgency, step.stillWanted);
  await ctx.store.remember(invitedFact(step.claim.personId), invitation(isoNow(ctx.clock), operation.email));
}

async function revokeInvitation(ctx: Context, step: Step, operation: Of<"revoke-invitation">): Promise<void> {
  await ctx.target.apply(operation, step.urgency, step.stillWanted);
  // Accepted a moment before? Then the next look finds somebody to deactivate.
  await ctx.reading.searchByEmail(operation.email, step.urgency);
  await ctx.store.forget(invitedFact(step.claim.personId));
}

async function setRole(ctx: Context, step: Step, operation: Of<"set-role">): Promise<Member | undefined> {
  const { userId, email } = operation;
  let member: Member | undefined;
  try {
    member = await ctx.target.apply(operation, step.urgency, step.stillWanted);
  } catch (error) {
    if (!hasCode(error, "TARGET_REFUSED")) throw error;
    // Refused because the cache was wrong and nobody is there any more? Then the next look knows what to do.
    if (await ctx.reading.confirm(userId, email, step.urgency)) throw error;
    return undefined;
  }
  if (!member) await ctx.reading.unlearn(userId);
  if (step.link?.roleBeforeDeactivation !== undefined && operation.role !== "DI")
    await ctx.store.work.putLink({ ...step.link, roleBeforeDeactivation: undefined });
  return member;
}

async function deactivate(ctx: Context, step: Step, operation: Of<"deactivate">): Promise<void> {
  const { link } = step;
  // Before the call: after a crash the observed role is DI already and what was before is lost.
  if (link && operation.from !== "DI" && isRole(operation.from))
    await ctx.store.work.putLink({ ...link, roleBeforeDeactivation: operation.from });
  await learn(ctx, operation.userId, await ctx.target.apply(operation, step.urgency, step.stillWanted));
  await tellNewHolder(ctx, step, operation.userId);
}

/** Whoever took the account over while this call was under way believes in a role that is no more. */
async function tellNewHolder({ store, clock }: Context, { claim }: Step, userId: number): Promise<void> {
  const holder = await store.work.linkOfAccount(userId);
  if (!holder || holder.personId === claim.personId) return;
  const cause = "account taken over";
  const request = { people: [holder.personId], addresses: [], lane: "change", cause, origin: cause } as const;
  await store.transaction((tx) => tx.enqueue({ ...request, now: clock.now() }));
}

async function softDelete(ctx: Context, step: Step, operation: Of<"soft-delete">): Promise<void> {
  await ctx.target.apply(operation, step.urgency, step.stillWanted);
  await ctx.reading.unlearn(operation.userId);
  await tellWhatIsLeft(ctx, step, operation.userId);
  const next = step.link && strangersLink(step.link);
  if (next) await ctx.store.work.putLink(next);
  await tellNewHolder(ctx, step, operation.userId);
}

/** Whether Label Studio keeps it is not documented (contract 3): a member who comes back may be in all of it again. */
async function tellWhatIsLeft(ctx: Context, step: Step, userId: number): Promise<void> {
  const kept = await leftWith(ctx, userId);
  if (kept.length === 0) return;
  const { personId: subject, requestId } = step.claim;
  const about = { at: isoNow(ctx.clock), actor: "bridge", requestId, subject };
  await ctx.store.work.audit({ ...about, action: "member.left-with", detail: { userId, kept } });
}

async function setNames(ctx: Context, step: Step, operation: Of<"set-names">): Promise<void> {
  await ctx.target.apply(operation, step.urgency, step.stillWanted);
  if (step.link) await ctx.store.work.putLink({ ...step.link, namesSent: namesKey(operation) });
}

const learn = (ctx: Context, userId: number, member: Member | undefined): Promise<void> =>
  member ? ctx.reading.learn(member) : ctx.reading.unlearn(userId);

function newLink({ account, claim }: Step, member: Member, createdByUs: boolean): Link {
  return {
    personId: claim.personId,
    userId: member.userId,
    email: member.email,
    tombstone: false,
    createdByUs,
    everMatched: account.resolution?.matched === true,
    roleBeforeDeactivation: undefined,
    namesSent: namesKey(account.person),
  };
}
