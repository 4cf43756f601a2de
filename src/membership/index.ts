// membership: the nouns of the Label Studio side: role codes, their order, a member as reported.
// Invariant: pure data; role codes are an open enum, what we do not know we do not touch.
// Flow: used by mapping, plan, reconcile and label-studio; imports nothing.

/** Codes that Label Studio lets the API assign (contract 2.2). `OW` is listed by its schema, never by its docs. */
export const ASSIGNABLE_ROLES = ["OW", "AD", "MA", "RE", "AN", "NO", "DI"] as const;
export type Role = (typeof ASSIGNABLE_ROLES)[number];

/** Roles that give access and take a licensed seat, from most to least powerful. */
export const WORKING_ROLES = ["OW", "AD", "MA", "RE", "AN"] as const satisfies readonly Role[];
export type WorkingRole = (typeof WORKING_ROLES)[number];

export const VIEW_ONLY = "VO";

/** One row of `GET /api/organizations/{id}/memberships`, read tolerantly. `userId` is `user.id`, not the membership id. */
export interface Member {
  readonly userId: number;
  /** Lower-cased. */
  readonly email: string;
  /** Open enum; absent on servers that do not report roles. */
  readonly role: string | undefined;
  readonly roleSource: string | undefined;
  /** `standard | flex | viewonly` and undocumented others; absent before April 2026. */
  readonly userType: string | undefined;
  readonly firstName: string;
  readonly lastName: string;
  /** Ids of their tags; absent where the server, or the answer, does not say. */
  readonly tags?: readonly number[] | undefined;
}

/** Who last gave the role, as Label Studio says (contract 2.2); `other`: anybody else, or a server that does not say. */
export const ROLE_SOURCES = ["manual", "saml", "scim", "ldap", "api", "billing", "other"] as const;
export type RoleSource = (typeof ROLE_SOURCES)[number];

export const sourceOf = ({ roleSource }: Member): RoleSource =>
  ROLE_SOURCES.find((source) => source === roleSource) ?? "other";

export const isRole = (code: string | undefined): code is Role =>
  (ASSIGNABLE_ROLES as readonly (string | undefined)[]).includes(code);

export const isWorking = (code: string | undefined): code is WorkingRole =>
  (WORKING_ROLES as readonly (string | undefined)[]).includes(code);

/** Power of a role: OW 5 … AN 1, everything without access 0. Unknown codes count as 0. */
export const rank = (code: string | undefined): number =>
  isWorking(code) ? WORKING_ROLES.length - WORKING_ROLES.indexOf(code) : 0;

/** True when going from one role to the other takes power away. */
export const lowers = (from: string | undefined, to: Role): boolean => rank(to) < rank(from);

export {
  ASSIGNABLE_KINDS,
  PROJECT_ROLES,
  type Assignable,
  type AssignableKind,
  type Assignee,
  type ProjectRole,
} from "./assignments.js";
