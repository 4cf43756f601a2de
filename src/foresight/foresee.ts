// What the next look at somebody would decide, by what the store knows: no call, and nothing is written. For counting
// before the first call goes out, and for plans.
import { resolve, type Mapping } from "../mapping/index.js";
import type { Member } from "../membership/index.js";
import {
  decide,
  destination,
  effectOf,
  settled,
  type Account,
  type Catalog,
  type Change,
  type Decision,
  type MemberOperation,
  type Person,
  type Reassignment,
} from "../plan/index.js";
import type { Hold, Link, PersonRow, Store } from "../ports.js";
import { openInvitation } from "./invitation.js";
import { toPerson } from "./person.js";
import { reassigning, type Reassigning } from "./reassigning.js";

export interface Foreseen {
  readonly row: PersonRow;
  readonly account: Account;
  readonly decision: Decision;
  /** undefined: they are left in whatever they are in. */
  readonly reassigning: Reassigning | undefined;
}

/** What it is worked out from. */
export interface Known {
  readonly store: Store;
  readonly mapping: () => Mapping;
  /** What there is at Label Studio, where it is at hand already. */
  readonly catalog?: () => Promise<Catalog>;
}

export async function foresee(
  known: Known,
  rows: readonly PersonRow[],
  leaverDue: (personId: string) => boolean = () => false,
): Promise<readonly Foreseen[]> {
  const { store, mapping } = known;
  const rules = mapping();
  const people = rows.map((row) => ({ row, person: toPerson(row, leaverDue(row.personId), rules) }));
  const byId = await store.work.observed(rows.flatMap(({ link }) => (link ? [link.userId] : [])));
  const addresses = people.flatMap(({ row, person }) => (row.link || !person.email ? [] : [person.email]));
  const byEmail = await store.work.observedByEmail(addresses);
  const foreseen = await Promise.all(
    people.map(async ({ row, person }) => {
      const found = row.link ? byId.get(row.link.userId) : byEmail.get(person.email ?? "");
      const observed = row.link || !(await isHeld(found)) ? found : undefined;
      const account: Account = {
        person,
        resolution: row.user?.active ? resolve(rules, row.user, row.groups) : undefined,
        link: row.link,
        observed,
        formerUserId: observed ? undefined : row.link?.userId,
        invited: observed ? false : await invited(person),
      };
      return { row, account, decision: afterRejection(row.hold, account, decide(account, rules)) };
    }),
  );
  const assigned = await reassigning(known, foreseen);
  return foreseen.map((each) => ({ ...each, reassigning: assigned.get(each.row.personId) }));

  /** Nobody else has been invited, or could be. */
  async function invited(person: Person): Promise<string | false> {
    return rules.create === "invite" || person.standing !== "active" ? openInvitation(store, person) : false;
  }

  async function isHeld(member: Member | undefined): Promise<boolean> {
    return member !== undefined && (await store.work.linkOfAccount(member.userId)) !== undefined;
  }
}

/** A decision as a change for the rails; undefined: there is nothing to carry out. */
export function changeOf(
  { account, decision }: { readonly account: Account; readonly decision: Decision },
  link: Link | undefined,
  origin: string,
  hold?: Hold,
): Change<MemberOperation> | undefined {
  if (decision.kind !== "change") return undefined;
  const { person, observed } = account;
  const { operation, desiredRole } = decision;
  const addresses = [person.email, observed?.email, link?.email].filter((address) => address !== undefined);
  const change: Change<MemberOperation> = {
    personId: person.id,
    operation,
    observed,
    addresses: [...new Set(addresses)],
    desiredRole,
    effect: effectOf(operation, observed, desiredRole),
    origin,
    earlier: undefined,
    verdict: { kind: "allowed" },
  };
  return withEarlier(change, hold);
}

/** Of a rejected one the look says what becomes of them; the rails have nothing more to say. */
function withEarlier<C extends Change>(change: C, hold: Hold | undefined): C {
  if (!hold || hold.decision === "rejected" || !isAbout(hold, change)) return change;
  return { ...change, earlier: { decision: hold.decision, reason: hold.reason } };
}

export const isRejected = (hold: Hold | undefined, change: Change): hold is Hold =>
  hold?.decision === "rejected" && isAbout(hold, change);

/** A hold is about one change only: once something else is wanted, it is over, and so is what was decided about it. */
export function isAbout(hold: Hold, change: Change): boolean {
  const { from, to } = fromTo(change);
  return change.effect === hold.effect && from === hold.from && to === hold.to;
}

/** What an operator has rejected is not done; everything else is decided as it was. */
export function afterRejection(hold: Hold | undefined, account: Account, decision: Decision): Decision {
  const change = hold && changeOf({ account, decision }, undefined, "");
  return change && isRejected(hold, change) ? settled("rejected", change.desiredRole, rejected(hold)) : decision;
}

const rejected = ({ from, to }: Hold): string =>
  `an operator has rejected ${from ?? "none"} to ${to}; it stays so until the identity provider or the mapping changes this person`;

/**
 * What somebody is taken out of, and what they are put into: apart, as too many of the former may be held. A hold is about
 * exactly what it names.
 */
export function reassignmentsOf(
  reassigning: Reassigning | undefined,
  personId: string,
  origin: string,
  hold?: Hold,
): readonly Change<Reassignment>[] {
  if (!reassigning?.operation) return [];
  const { operation, member } = reassigning;
  const parts = [
    { ...operation, join: [] },
    { ...operation, leave: [] },
  ].filter(({ join, leave }) => join.length + leave.length > 0);
  return parts.map((part): Change<Reassignment> => {
    const change: Change<Reassignment> = {
      ...{ personId, operation: part, observed: member, addresses: [member.email], desiredRole: member.role },
      effect: effectOf(part, member, member.role),
      origin,
      earlier: undefined,
      verdict: { kind: "allowed" },
    };
    return withEarlier(change, hold);
  });
}

/** How a hold names what it is about. */
export const fromTo = ({ observed, operation, desiredRole }: Change) => ({
  from: operation.kind === "reassign" ? undefined : observed?.role,
  to: destination(operation, desiredRole),
});
