/** How the server behaves; what the vendor does not document is a choice here (contract section 6, questions a-k). */
export interface Behaviour {
  readonly title: string;
  /** Role of an account made by `POST /api/users/`. */
  readonly defaultRole: string;
  /** Working roles take a seat (contract 2.2); undefined: no limit. */
  readonly seatLimit: number | undefined;
  /** `/api/billing/info`: answered, not there as on old servers, or not for this key. */
  readonly billing: "told" | "absent" | "forbidden";
  /** `roles_groups` of `/api/scim/settings` and `/api/saml/settings`; undefined: these are not there. */
  readonly roleGroups: { readonly scim: RoleGroups; readonly saml: RoleGroups } | undefined;
  /** Authenticated requests in any one second; undefined: no limit. */
  readonly rateLimit: number | undefined;
  readonly retryAfter: "seconds" | "date" | "none";
  readonly manualRoleManagement: boolean;
  readonly allowInvites: boolean;
  /** Rows per page at most, however many were asked for. */
  readonly largestPage: number;
  /** Soft-deleted members stay in the list, masked, as in the Community Edition. */
  readonly maskDeleted: boolean;
  /** A role PATCH of a soft-deleted member: 404, a 200 that changes nothing, or a revived membership. */
  readonly patchRevives: "no" | "silent" | "yes";
  /** Whether `OW` may be assigned. The present Owner can always be demoted or deleted: such a mistake must show. */
  readonly ownerAssignable: boolean;
  /** Each kind: there, not there as on old servers, or not for this key. */
  readonly tags: Offer;
  readonly workspaces: Offer;
  /** The members and roles of projects; their list is there on every server. */
  readonly projects: Offer;
  /** Bulk calls of workspaces and projects, and the paginated list of a workspace's members. */
  readonly bulk: "there" | "absent";
  /** `roles` in the bulk call of projects: carried out, for those without a role only, or not known as before September 2025. */
  readonly bulkRoles: "all" | "new only" | "ignored";
  /** `skipped_user_ids` in its answer. */
  readonly namesSkipped: boolean;
  /** Where a DELETE says whom: in the query, or in the body as before spring 2026. */
  readonly removal: "query" | "body";
  /** Ids of nobody in a bulk call: 400 for all, or left out. */
  readonly strangers: "refused" | "skipped";
  /** What `assigned`, `assignments` and `unassignments` count: who was meant, or what has changed by it. */
  readonly counts: "meant" | "changed";
  /** The plain POST for somebody who is a member already. */
  readonly joinTwice: "fine" | "refused";
  /** A project role outlives the membership. */
  readonly rolesStay: boolean;
  /** Tags, workspaces and projects of somebody soft-deleted. */
  readonly assignmentsStay: boolean;
  readonly manualWorkspaceManagement: boolean;
  readonly manualProjectMemberManagement: boolean;
  /** Fields of a member's row, and the filters that the list knows. */
  readonly memberRows: "current" | "2025";
  readonly memberFilters: "current" | "2025";
  /** The server writes `exp` in whole seconds, rounded down. */
  readonly accessTokenLifetimeMs: number;
}

type Offer = "there" | "absent" | "forbidden";

/** `[["Administrator", "LS-Admins"], …]` */
type RoleGroups = readonly (readonly [role: string, group: string])[];

export interface SandboxOptions extends Partial<Behaviour> {
  readonly port?: number;
  readonly host?: string;
  readonly apiKey?: string;
  /** The key is a personal access token: a JWT that only `POST /api/token/refresh/` accepts. */
  readonly personalAccessToken?: boolean;
  readonly organizationId?: number;
  /** A server of November 2025 has no tags and no bulk calls, and shows less of its members. */
  readonly generation?: "current" | "2025";
  readonly seed?: readonly SeedMember[];
  /** Address of who owns the key. Default: the first AD of the seed, else the first OW, else an AD is added. */
  readonly keyOwner?: string;
  /** Start of the pseudo-random sequence behind faults with a probability. */
  readonly faultSeed?: number;
  readonly now?: () => number;
}

export interface SeedMember {
  readonly email: string;
  readonly role: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly userType?: string;
  /** ISO 8601; default: now. */
  readonly lastActivity?: string;
  readonly deleted?: boolean;
}

export const DEFAULT_BEHAVIOUR: Behaviour = {
  title: "Acme Labelling",
  defaultRole: "NO",
  seatLimit: undefined,
  billing: "told",
  roleGroups: { scim: [], saml: [] },
  rateLimit: undefined,
  retryAfter: "seconds",
  manualRoleManagement: true,
  allowInvites: true,
  largestPage: 1000,
  maskDeleted: false,
  patchRevives: "no",
  ownerAssignable: false,
  tags: "there",
  workspaces: "there",
  projects: "there",
  bulk: "there",
  bulkRoles: "all",
  namesSkipped: true,
  removal: "query",
  strangers: "refused",
  counts: "meant",
  joinTwice: "fine",
  rolesStay: false,
  assignmentsStay: false,
  manualWorkspaceManagement: true,
  manualProjectMemberManagement: true,
  memberRows: "current",
  memberFilters: "current",
  accessTokenLifetimeMs: 300_000,
};

/** What a server of November 2025 does otherwise. */
export const BEHAVIOUR_2025: Partial<Behaviour> = {
  tags: "absent",
  bulk: "absent",
  bulkRoles: "ignored",
  namesSkipped: false,
  removal: "body",
  memberRows: "2025",
  memberFilters: "2025",
};

export const DEFAULT_API_KEY = "5a9d8b0c1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b";
export const DEFAULT_KEY_OWNER: SeedMember = person("Provisioning", "Bridge", "AD");

export const DEFAULT_SEED: readonly SeedMember[] = [
  person("Olivia", "Winter", "OW"),
  DEFAULT_KEY_OWNER,
  person("Adrian", "Doyle", "AD"),
  person("Mara", "Novak", "MA"),
  person("Mateo", "Alvarez", "MA"),
  person("Rina", "Engel", "RE"),
  person("Reza", "Ebadi", "RE"),
  person("Anna", "Nilsson", "AN"),
  person("Anton", "Nowak", "AN"),
  person("Kim", "Lee", "AN"),
  person("Noor", "Okafor", "NO"),
  person("Dina", "Ivanova", "DI"),
  { ...person("Vera", "Osman", "VO"), userType: "viewonly" },
];

function person(firstName: string, lastName: string, role: string): SeedMember {
  return { email: `${firstName}.${lastName}@acme.example`.toLowerCase(), role, firstName, lastName };
}
