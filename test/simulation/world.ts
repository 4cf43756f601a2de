// What the simulation knows: the directory as the IdP has been told it, and who is who at Label Studio.
import type { SandboxOptions } from "../../src/sandbox/index.js";
import type { TimelessTrial } from "../support/timeless.js";
import type { Random } from "../support/random.js";
import type { Rules } from "./rules.js";

export interface User {
  readonly id: string;
  readonly slot: Slot;
  userName: string;
  email: string;
  active: boolean;
}

export interface Group {
  readonly id: string;
  name: string;
  readonly members: Set<string>;
}

/** One human being, who may be created, deleted and created again. */
export interface Slot {
  readonly address: string;
  readonly kind: "new" | "member" | "owner" | "key" | "view-only";
  /** The IdP has named them once: no stranger any more. */
  named: boolean;
  /** What makes it hard to say beforehand what must become of them: only the general invariants hold. */
  readonly oddities: Set<Oddity>;
}

type Oddity = "address" | "removed" | "role by hand" | "added by hand";

export interface World {
  readonly t: TimelessTrial;
  readonly random: Random;
  rules: Rules;
  readonly slots: readonly Slot[];
  readonly users: Map<string, User>;
  /** By SCIM id, the deleted too. */
  readonly slotOf: Map<string, Slot>;
  readonly groups: Map<string, Group>;
  /** Role by address of members whom the IdP has never named. */
  readonly strangers: Map<string, string>;
  /** What the bridge itself did not foresee. */
  readonly faults: readonly unknown[];
  /** Complete reads on schedule. */
  readonly sweeps: { readonly count: number };
  /** What has happened, for whoever has to understand a failure. */
  readonly diary: string[];
  /** With another default since: who was left as found, and by which, is the past's. */
  mappingChanged: boolean;
  names: number;
}

const slot = (name: string, kind: Slot["kind"]): Slot => ({
  address: `${name}@acme.example`,
  kind,
  named: false,
  oddities: new Set(),
});

export const newSlots = (): readonly Slot[] => [
  ...["ada", "bob", "cleo", "dan"].map((name) => slot(name, "new")),
  ...["mia", "max"].map((name) => slot(name, "member")),
  slot("olivia", "owner"),
  slot("vera", "view-only"),
  slot("bridge", "key"),
];

const STRANGERS = { "sue@acme.example": "AN", "sam@acme.example": "MA", "una@acme.example": "DI" };
export const newStrangers = (): Map<string, string> => new Map(Object.entries(STRANGERS));

export const SEED: NonNullable<SandboxOptions["seed"]> = [
  { email: "olivia@acme.example", role: "OW" },
  { email: "bridge@acme.example", role: "AD" },
  { email: "mia@acme.example", role: "MA" },
  { email: "Max@Acme.example", role: "AN" },
  { email: "vera@acme.example", role: "VO", userType: "viewonly" },
  ...Object.entries(STRANGERS).map(([email, role]) => ({ email, role })),
];

export const KEY_OWNER = "bridge@acme.example";

/** The member whom the sandbox has under this address, whatever its letter case. */
export const memberOf = ({ t }: World, address: string) =>
  t.sandbox.members().find(({ email }) => email.toLowerCase() === address.toLowerCase());

export const usersOf = ({ users }: World, slot: Slot): readonly User[] =>
  [...users.values()].filter((user) => user.slot === slot);

export const groupsOf = ({ groups }: World, user: User): readonly Group[] =>
  [...groups.values()].filter(({ members }) => members.has(user.id));
