// Which SCIM user an account belongs to: one living user at most holds it. An active one takes it over from an inactive
// or deleted one when the address equals the account's present address; nobody else ever does.
import { hasCode } from "../errors.js";
import { identityEmail } from "../directory/index.js";
import { INVITED, invitedFact } from "../foresight/index.js";
import { namesKey, type Person } from "../plan/index.js";
import type { Link, PersonRow, Urgency } from "../ports.js";
import type { Member } from "../membership/index.js";
import type { Context } from "./context.js";

export type Holding =
  /** The account is this person's; `member` undefined: no membership, as a complete read says. */
  | { readonly kind: "own"; readonly link: Link | undefined; readonly member: Member | undefined }
  | { readonly kind: "belongs-to"; readonly personId: string }
  | { readonly kind: "no-address" };

export async function holding(ctx: Context, row: PersonRow, person: Person, urgency: Urgency): Promise<Holding> {
  if (row.link) return linked(ctx, row.link, person, urgency);
  if (person.email === undefined) return { kind: "no-address" };
  return unlinked(ctx, person, person.email, urgency);
}

async function linked(ctx: Context, link: Link, person: Person, urgency: Urgency): Promise<Holding> {
  if (link.tombstone) {
    const living = await ctx.store.work.linkOfAccount(link.userId);
    if (living) return { kind: "belongs-to", personId: living.personId };
  }
  const member = await ctx.reading.member(link.userId, link.email, urgency);
  if (person.standing !== "active") {
    const heir = await findHeir(ctx, member?.email ?? link.email, person.id);
    if (heir) {
      await handOver(ctx, link, heir);
      return { kind: "belongs-to", personId: heir.personId };
    }
  }
  if (member === undefined && person.standing !== "deleted") return madeAnew(ctx, link, person, urgency);
  return { kind: "own", link, member };
}

/** The account is gone, and another has the person's address: made anew by hand, under another user id. */
async function madeAnew(ctx: Context, link: Link, person: Person, urgency: Urgency): Promise<Holding> {
  const { work } = ctx.store;
  const nobody: Holding = { kind: "own", link, member: undefined };
  if (person.email === undefined) return nobody;
  // An account that the last complete read has not shown is found by the next one.
  if (person.leaverDue) await ctx.reading.allIfStale();
  if (!(await work.observedByEmail([person.email])).has(person.email)) return nobody;
  const member = await ctx.reading.memberByEmail(person.email, urgency);
  if (member?.userId === link.userId) return { kind: "own", link, member };
  if (!member || (await work.linkOfAccount(member.userId))) return nobody;
  const next: Link = { ...link, userId: member.userId, email: member.email, createdByUs: false };
  await work.putLink(next);
  return { kind: "own", link: next, member };
}

async function unlinked(ctx: Context, person: Person, email: string, urgency: Urgency): Promise<Holding> {
  const first = await firstClaimant(ctx, email);
  const member = await memberOf(ctx, person, email, urgency);
  const holder = member && (await ctx.store.work.linkOfAccount(member.userId));
  // Linked since the row was read, by an earlier look at it or by whoever handed the account over.
  if (holder?.personId === person.id) return { kind: "own", link: holder, member };
  if (holder) {
    const [row] = await ctx.store.work.people([holder.personId]);
    if (person.standing !== "active" || row?.user?.active) return { kind: "belongs-to", personId: holder.personId };
    await handOver(ctx, holder, { personId: person.id });
    return { kind: "own", link: await ctx.store.work.linkOfAccount(member.userId), member };
  }
  if (first !== undefined && first.personId !== person.id) return { kind: "belongs-to", personId: first.personId };
  return { kind: "own", link: member && (await adopt(ctx, person, member)), member };
}

/** What a search does not find may still be there: nobody's leaver is taken for gone before everybody has been read. */
async function memberOf(ctx: Context, person: Person, email: string, urgency: Urgency): Promise<Member | undefined> {
  const found = await firstLook(ctx, person, email, urgency);
  if (found || person.standing === "active") return found;
  await ctx.reading.allIfStale();
  return (await ctx.store.work.observedByEmail([email])).get(email);
}

/** After a creation of ours whose answer was lost, what was read before it says nothing. */
async function firstLook(ctx: Context, person: Person, email: string, urgency: Urgency): Promise<Member | undefined> {
  const known = (await ctx.store.work.observedByEmail([email])).has(email);
  const triedBefore = !known && (await ctx.store.recall(creatingFact(person.id))) !== undefined;
  return triedBefore ? ctx.reading.searchByEmail(email, urgency) : ctx.reading.memberByEmail(email, urgency);
}

/** People already in Label Studio are linked by e-mail, never created twice. */
async function adopt({ store }: Context, person: Person, member: Member): Promise<Link> {
  const creating = creatingFact(person.id);
  // A re-hire before the deletion was carried out must not keep the role of the time before by way of adoption.
  const former = await store.work.tombstoneOfAccount(member.userId);
  const link: Link = {
    personId: person.id,
    userId: member.userId,
    email: member.email,
    tombstone: person.standing === "deleted",
    // A crash between POST and the link: the account is ours although it looks found.
    createdByUs: former?.createdByUs === true || (await store.recall(creating)) !== undefined,
    everMatched: former?.everMatched === true,
    roleBeforeDeactivation: former?.roleBeforeDeactivation,
    namesSent: namesKey(person),
  };
  await store.work.putLink(link);
  await store.forget(creating);
  await store.forget(invitedFact(person.id));
  return link;
}

/** Facts that bridge a crash or a wait: an account is being created, an invitation is out, no seat was free for it. */
const CREATING = "creating.";
const SEATLESS = "seatless.";
export const ACCOUNT_FACTS = [CREATING, INVITED, SEATLESS] as const;
export const seatlessFact = (personId: string): string => `${SEATLESS}${personId}`;
export const creatingFact = (personId: string): string => `${CREATING}${personId}`;

async function handOver({ store, clock }: Context, link: Link, heir: { readonly personId: string }): Promise<void> {
  const cause = "account taken over";
  try {
    await store.work.handOver(link, { personId: heir.personId, cause, now: clock.now() });
  } catch (error) {
    if (!hasCode(error, "UNIQUENESS")) throw error;
    // Another living person has it by now: the heir finds out whose it is.
    const request = { people: [heir.personId], addresses: [], lane: "change", cause, origin: cause } as const;
    await store.transaction((tx) => tx.enqueue({ ...request, now: clock.now() }));
  }
}

/** An active living user without an account who is identified by exactly this address. */
async function findHeir(ctx: Context, address: string, exceptId: string): Promise<PersonRow | undefined> {
  const claimants = await claimantsOf(ctx, address);
  return claimants.find((row) => row.user?.active && !row.link && row.personId !== exceptId);
}

/** Of several unlinked people with one address: the active before the inactive, the linked before the rest, the oldest. */
async function firstClaimant(ctx: Context, address: string): Promise<PersonRow | undefined> {
  const claimants = await claimantsOf(ctx, address);
  const weight = (row: PersonRow): number => (row.user?.active ? 2 : 0) + (row.link ? 1 : 0);
  return [...claimants].sort((a, b) => weight(b) - weight(a))[0];
}

async function claimantsOf({ store, mapping }: Context, address: string): Promise<readonly PersonRow[]> {
  const order = mapping().identity.email;
  const rows = await store.work.peopleWithAddress(address);
  return rows.filter(
    (row) =>
      row.user !== undefined &&
      identityEmail(row.user.attributes, order) === address &&
      (row.link === undefined || row.link.email === address),
  );
}
