// What the next look at somebody would decide, by what the store knows: no call, and nothing is written. For counting
// before the first call goes out, and for plans.
import { resolve, type Mapping } from "../mapping/index.js";
import type { Member } from "../membership/index.js";
import { decide, destination, effectOf, type Account, type Change, type Decision } from "../plan/index.js";
import type { Hold, Link, PersonRow, Store } from "../ports.js";
import { toPerson } from "./person.js";

export interface Foreseen {
  readonly row: PersonRow;
  readonly account: Account;
  readonly decision: Decision;
}

/** What it is worked out from. */
export interface Known {
  readonly store: Store;
  readonly mapping: () => Mapping;
}

export async function foresee(
  { store, mapping }: Known,
  rows: readonly PersonRow[],
  leaverDue: (personId: string) => boolean = () => false,
): Promise<readonly Foreseen[]> {
  const rules = mapping();
  const people = rows.map((row) => ({ row, person: toPerson(row, leaverDue(row.personId), rules) }));
  const byId = await store.work.observed(rows.flatMap(({ link }) => (link ? [link.userId] : [])));
  const addresses = people.flatMap(({ row, person }) => (row.link || !person.email ? [] : [person.email]));
  const byEmail = await store.work.observedByEmail(addresses);
  return Promise.all(
    people.map(async ({ row, person }) => {
      const found = row.link ? byId.get(row.link.userId) : byEmail.get(person.email ?? "");
      const observed = row.link || !(await isHeld(found)) ? found : undefined;
      const account: Account = {
        person,
        resolution: row.user?.active ? resolve(rules, row.user, row.groups) : undefined,
        link: row.link,
        observed,
        formerUserId: observed ? undefined : row.link?.userId,
        invited: false,
      };
      return { row, account, decision: decide(account, rules) };
    }),
  );

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
): Change | undefined {
  if (decision.kind !== "change") return undefined;
  const { person, observed } = account;
  const { operation, desiredRole } = decision;
  const addresses = [person.email, observed?.email, link?.email].filter((address) => address !== undefined);
  return {
    personId: person.id,
    operation,
    observed,
    addresses: [...new Set(addresses)],
    desiredRole,
    effect: effectOf(operation, observed, desiredRole),
    origin,
    // Of a rejected one the look says what becomes of them; the rails have nothing more to say.
    earlier: hold && hold.decision !== "rejected" ? { decision: hold.decision, reason: hold.reason } : undefined,
    verdict: { kind: "allowed" },
  };
}

/** How a hold names what it is about. */
export const fromTo = ({ observed, operation, desiredRole }: Change) => ({
  from: observed?.role,
  to: destination(operation, desiredRole),
});
