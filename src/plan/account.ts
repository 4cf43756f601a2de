import type { Member } from "../membership/index.js";
import type { Resolution } from "../mapping/index.js";

/** The IdP's side of an account. */
export interface Person {
  readonly id: string;
  readonly standing: "active" | "inactive" | "deleted";
  /** Lower-cased identifying address; undefined when the IdP sent none. */
  readonly email: string | undefined;
  readonly firstName: string;
  readonly lastName: string;
  /** Deactivated or deleted since the last settled look: sent whatever the cache says. */
  readonly leaverDue: boolean;
}

/** What earlier looks left behind about the account. */
export interface LinkFacts {
  readonly userId: number;
  readonly createdByUs: boolean;
  readonly everMatched: boolean;
  readonly roleBeforeDeactivation: string | undefined;
  readonly namesSent: string;
}

/** Everything known about one account at one moment. */
export interface Account {
  readonly person: Person;
  /** What the mapping says; undefined unless the person is active. */
  readonly resolution: Resolution | undefined;
  readonly link: LinkFacts | undefined;
  /** undefined: a complete read says that there is no membership. */
  readonly observed: Member | undefined;
  /** The account had a membership that was soft-deleted: its user id is all that can bring it back. */
  readonly formerUserId: number | undefined;
  /** The address that an invitation was sent to which nobody has accepted yet. */
  readonly invited: string | false;
}

/** How names are remembered in a link. */
export const namesKey = (names: { readonly firstName: string; readonly lastName: string }): string =>
  JSON.stringify([names.firstName, names.lastName]);
