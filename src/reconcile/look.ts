// One look at a person: what the IdP says, what Label Studio reports, what to do next.
import { afterRejection, changeOf, isAbout, openInvitation, toPerson } from "../foresight/index.js";
import { resolve, type Mapping } from "../mapping/index.js";
import type { Member } from "../membership/index.js";
import { decide, type Account, type Decision } from "../plan/index.js";
import type { Claim, Hold, Link, PersonRow, Urgency } from "../ports.js";
import type { Context } from "./context.js";
import { leftAsDrift } from "./drifting.js";
import { holding } from "./holder.js";

export interface AccountLook {
  readonly kind: "account";
  readonly row: PersonRow;
  readonly account: Account;
  readonly link: Link | undefined;
  readonly decision: Decision;
  /** The breaker has held this very change, and an operator may have approved it. */
  readonly hold: Hold | undefined;
  /** Their seat was another person's who had it too short. */
  readonly rotatedUntil: number | undefined;
  /** What is to be done takes nothing from them that they were given: no limit counts it. */
  readonly uncounted?: true;
}

export type Look =
  | AccountLook
  /** Nothing is ever done for this person as things are. */
  | { readonly kind: "forgotten" }
  | { readonly kind: "failing" | "settled"; readonly reason: string };

export async function lookAt(ctx: Context, claim: Claim, row: PersonRow): Promise<Look> {
  const mapping = ctx.mapping();
  const person = toPerson(row, claim.leaverDue, mapping);
  const urgency: Urgency = claim.lane === "leaver" ? "leaver" : claim.lane === "change" ? "grant" : "sweep";
  const held = await holding(ctx, row, person, urgency);
  switch (held.kind) {
    case "no-address":
      return person.standing === "deleted"
        ? { kind: "forgotten" }
        : {
            kind: "failing",
            reason: "no e-mail: Label Studio identifies people by it; send emails or an address as userName",
          };
    case "belongs-to":
      return notTheirs(person.standing, held.personId);
    case "own": {
      const link = held.link;
      const account: Account = {
        person,
        resolution: row.user?.active ? resolve(mapping, row.user, row.groups) : undefined,
        link,
        observed: held.member,
        formerUserId: held.member ? undefined : await formerUserId(ctx, link, person.email),
        invited: held.member ? false : await openInvitation(ctx.store, person),
      };
      const decision = decide(account, mapping);
      const left = claim.lane === "sweep" ? await leftAsDrift(ctx, account, decision) : undefined;
      const look: AccountLook = {
        kind: "account",
        row,
        account,
        link,
        decision: left ?? decision,
        hold: undefined,
        rotatedUntil: row.rotatedUntil,
      };
      return row.hold ? withHold(ctx, claim, look, row.hold) : look;
    }
  }
}

/**
 * What a look would find right after a role update whose answer shows the member, if that is the end of it: whatever
 * else is new has raised the person's row in the outbox.
 */
export function lookAfter(look: AccountLook, member: Member, mapping: Mapping): AccountLook | undefined {
  // The update has changed the link as well, or ends what was held.
  if (look.link?.roleBeforeDeactivation !== undefined || look.hold) return undefined;
  const account = { ...look.account, observed: member };
  const decision = decide(account, mapping);
  return decision.kind === "settled" ? { ...look, account, decision } : undefined;
}

/** A decision stands until the IdP says something new of this person; another mapping may say the same of them. */
export const stands = ({ decision, origin }: Hold, claim: Pick<Claim, "lane" | "origin">): boolean =>
  decision === "waiting" || (claim.lane !== "leaver" && claim.lane !== "change") || claim.origin === origin;

async function withHold(ctx: Context, claim: Claim, look: AccountLook, hold: Hold): Promise<AccountLook> {
  const change = changeOf(look, look.link, claim.origin);
  if (!change || !stands(hold, claim) || !isAbout(hold, change)) {
    await ctx.store.rails.forgetHold(hold.personId, "role");
    return look;
  }
  if (hold.decision !== "rejected") return { ...look, hold };
  return { ...look, decision: afterRejection(hold, look.account, look.decision) };
}

function notTheirs(standing: Account["person"]["standing"], holderId: string): Look {
  switch (standing) {
    case "active":
      return { kind: "failing", reason: `address belongs to ${holderId}` };
    case "inactive":
      return { kind: "settled", reason: `inactive; address belongs to ${holderId}` };
    case "deleted":
      return { kind: "forgotten" };
  }
}

/** The account of somebody who was a member before: linked still, or deleted over SCIM and now back as a new user. */
async function formerUserId(
  { store }: Context,
  link: Link | undefined,
  email: string | undefined,
): Promise<number | undefined> {
  if (link) return link.userId;
  const tombstone = email === undefined ? undefined : await store.work.tombstoneOf(email);
  if (!tombstone || (await store.work.linkOfAccount(tombstone.userId))) return undefined;
  return tombstone.userId;
}

export const known = ({ account, decision }: AccountLook) => ({
  role: account.observed?.role,
  desiredRole: decision.desiredRole,
});

/** What the link has to remember after this look; undefined when it does already. */
export function linkAfter(link: Link | undefined, account: Account): Link | undefined {
  if (!link) return undefined;
  const { observed, person, resolution } = account;
  if (person.standing === "deleted" && observed === undefined) return strangersLink(link);
  const inactiveAlready = person.standing !== "active" && observed?.role === "DI";
  const worksAgain = person.standing === "active" && observed !== undefined && observed.role !== "DI";
  const next: Link = {
    ...link,
    email: observed?.email ?? link.email,
    everMatched: link.everMatched || resolution?.matched === true,
    // Reactivation under `keep` restores the role held before the DI, else NO.
    roleBeforeDeactivation: worksAgain
      ? undefined
      : (link.roleBeforeDeactivation ?? (inactiveAlready ? "NO" : undefined)),
  };
  return isSame(next, link) ? undefined : next;
}

/** Deleted, and no member any more: whoever is invited again by hand is a stranger, and adopted as one. */
export function strangersLink(link: Link): Link | undefined {
  const next: Link = { ...link, createdByUs: false, everMatched: false, roleBeforeDeactivation: undefined };
  return isSame(next, link) ? undefined : next;
}

const isSame = (a: Link, b: Link): boolean => (Object.keys(a) as (keyof Link)[]).every((key) => a[key] === b[key]);
