import { BridgeError } from "../errors.js";
import { isWorking, VIEW_ONLY } from "../membership/index.js";
import type { SeedMember } from "./options.js";
import { Places } from "./places.js";

/** A person on the server, whatever the organisation. */
export interface Account {
  readonly id: number;
  email: string;
  username: string;
  firstName: string;
  lastName: string;
  phone: string;
  activeOrganization: number | null;
  readonly joined: string;
  lastActivity: string;
}

export interface Membership {
  readonly id: number;
  readonly organizationId: number;
  readonly account: Account;
  role: string;
  roleSource: string;
  userType: string;
  readonly created: string;
  deleted: boolean;
}

export interface SandboxMember {
  readonly userId: number;
  readonly email: string;
  readonly role: string;
  readonly roleSource: string;
  readonly userType: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly deleted: boolean;
}

interface NewAccount {
  readonly email: string;
  readonly username?: string | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly phone?: string | undefined;
  readonly activeOrganization?: number | null | undefined;
  readonly lastActivity?: string | undefined;
}

// Far from the first user ids: whoever mixes the two up meets a stranger or nobody (contract 2.4).
const FIRST_MEMBERSHIP_ID = 501;

/** Accounts of the whole server and the memberships of its two organisations: ours, and one elsewhere. */
export class World {
  readonly organizationId: number;
  readonly elsewhereId: number;
  readonly places: Places;
  readonly #now: () => number;
  readonly #accounts: Account[] = [];
  readonly #byEmail = new Map<string, Account>();
  readonly #ours = new Map<number, Membership>();
  readonly #elsewhere = new Map<number, Membership>();
  readonly #listeners: ((members: readonly SandboxMember[]) => void)[] = [];
  #memberships = 0;

  constructor(organizationId: number, now: () => number) {
    this.organizationId = organizationId;
    this.elsewhereId = organizationId + 1;
    this.#now = now;
    this.places = new Places(now);
  }

  /** Memberships of our organisation, soft-deleted ones too, oldest first. */
  memberships(): readonly Membership[] {
    return [...this.#ours.values()];
  }

  membership(userId: number): Membership | undefined {
    return this.#ours.get(userId);
  }

  owner(): Membership | undefined {
    for (const membership of this.#ours.values()) if (membership.role === "OW") return membership;
    return undefined;
  }

  members(): readonly SandboxMember[] {
    return this.memberships()
      .filter((membership) => !membership.deleted)
      .map(asMember);
  }

  seatsTaken(): number {
    return this.memberships().filter((membership) => !membership.deleted && isWorking(membership.role)).length;
  }

  /** The e-mail is compared with its letter case, as the Community Edition does (contract 3). */
  account(email: string): Account | undefined {
    return this.#byEmail.get(email);
  }

  membershipOf(email: string): Membership {
    const account = this.#byEmail.get(email);
    const membership = account && this.#ours.get(account.id);
    if (membership === undefined) throw new BridgeError("NOT_FOUND", `sandbox: ${email} was never a member`);
    return membership;
  }

  createAccount(fields: NewAccount): Account {
    if (this.#byEmail.has(fields.email)) {
      throw new BridgeError("UNIQUENESS", `sandbox: an account has the address ${fields.email} already`);
    }
    const { email, username = email, firstName = "", lastName = "", phone = "", activeOrganization = null } = fields;
    const joined = this.#timestamp();
    const id = this.#accounts.length + 1;
    const { lastActivity = joined } = fields;
    const account: Account = {
      id,
      email,
      username,
      firstName,
      lastName,
      phone,
      activeOrganization,
      joined,
      lastActivity,
    };
    this.#accounts.push(account);
    this.#byEmail.set(email, account);
    return account;
  }

  /** Adds a membership or revives a soft-deleted one. */
  join(account: Account, role: string, roleSource: string, userType = userTypeOf(role)): Membership {
    const known = this.#ours.get(account.id);
    const membership = known ?? this.#newMembership(this.organizationId, account);
    Object.assign(membership, { role, roleSource, userType, deleted: false });
    this.#ours.set(account.id, membership);
    this.changed();
    return membership;
  }

  joinElsewhere(email: string): void {
    const account = this.createAccount({ email, activeOrganization: this.elsewhereId });
    this.#elsewhere.set(account.id, this.#newMembership(this.elsewhereId, account));
  }

  /** Somebody adds a person in Label Studio's own pages; may revive, or bring in an account from elsewhere. */
  add(seed: SeedMember): SandboxMember {
    const { email, role, firstName, lastName, userType, lastActivity, deleted = false } = seed;
    const account =
      this.#byEmail.get(email) ??
      this.createAccount({ email, firstName, lastName, lastActivity, activeOrganization: this.organizationId });
    if (this.#ours.get(account.id)?.deleted === false) {
      throw new BridgeError("UNIQUENESS", `sandbox: ${email} is a member already`);
    }
    const membership = this.join(account, role, "manual", userType);
    if (deleted) this.softDelete(membership);
    return asMember(membership);
  }

  setRole(membership: Membership, role: string, roleSource: string): void {
    membership.role = role;
    membership.roleSource = roleSource;
    // A working role turns a view-only seat into a paid one (contract 2.4).
    if (isWorking(role) && membership.userType === userTypeOf(VIEW_ONLY)) membership.userType = "standard";
    this.changed();
  }

  /** The account and its work stay; its active organisation becomes another living membership or none (contract 3). */
  softDelete(membership: Membership): void {
    membership.deleted = true;
    membership.account.activeOrganization = this.#elsewhere.has(membership.account.id) ? this.elsewhereId : null;
    this.changed();
  }

  changeEmail(account: Account, email: string): void {
    if (this.#byEmail.has(email)) throw new BridgeError("UNIQUENESS", `sandbox: ${email} is taken`);
    this.#byEmail.delete(account.email);
    account.email = email;
    this.#byEmail.set(email, account);
    this.changed();
  }

  onChange(listener: (members: readonly SandboxMember[]) => void): void {
    this.#listeners.push(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener(this.members());
  }

  #newMembership(organizationId: number, account: Account): Membership {
    const id = FIRST_MEMBERSHIP_ID + this.#memberships++;
    const created = this.#timestamp();
    const role = { role: "NO", roleSource: "manual", userType: "standard" };
    return { id, organizationId, account, ...role, created, deleted: false };
  }

  #timestamp(): string {
    return new Date(this.#now()).toISOString();
  }
}

const userTypeOf = (role: string): string => (role === VIEW_ONLY ? "viewonly" : "standard");

export function asMember(membership: Membership): SandboxMember {
  const { account, role, roleSource, userType, deleted } = membership;
  const { id: userId, email, firstName, lastName } = account;
  return { userId, email, role, roleSource, userType, firstName, lastName, deleted };
}
