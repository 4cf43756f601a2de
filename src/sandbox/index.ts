// sandbox: a Label Studio Enterprise REST API over real HTTP, for the demo and for every test that needs an upstream.
// Invariant: what the vendor's schema does not allow is answered 400 and recorded as `fault: "schema"`, never tolerated.
// Flow: requests in over HTTP, state in memory; `serve --sandbox` and tests steer it through the object returned here.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Key } from "./auth.js";
import { accountRoutes } from "./endpoints/account.js";
import { inviteRoutes } from "./endpoints/invites.js";
import { memberRoutes } from "./endpoints/members.js";
import { organizationRoutes } from "./endpoints/organization.js";
import { userRoutes } from "./endpoints/users.js";
import { placesByHand, type PlacesByHand } from "./by-hand.js";
import { projectRoleRoutes } from "./endpoints/project-roles.js";
import { projectRoutes } from "./endpoints/projects.js";
import { softDeleteIn } from "./endpoints/rules.js";
import { tagRoutes } from "./endpoints/tags.js";
import { workspaceRoutes } from "./endpoints/workspaces.js";
import { Faults, type Fault, type FaultAim } from "./faults.js";
import {
  BEHAVIOUR_2025,
  DEFAULT_BEHAVIOUR,
  DEFAULT_KEY_OWNER,
  DEFAULT_SEED,
  type Behaviour,
  type SandboxOptions,
  type SeedMember,
} from "./options.js";
import type { Places } from "./places.js";
import { router, type Invitation, type Site } from "./routing.js";
import { apiServer, type SandboxCall } from "./server.js";
import { asMember, World, type SandboxMember } from "./state.js";
import { Throttle } from "./throttle.js";

export type { Behaviour, Fault, FaultAim, Invitation, SandboxCall, SandboxMember, SandboxOptions, SeedMember };

export interface Sandbox extends PlacesByHand {
  readonly url: string;
  readonly apiKey: string;
  readonly organizationId: number;
  /** Everybody who is a member now. */
  members(): readonly SandboxMember[];
  /** Also a soft-deleted one; the address is compared with its letter case. */
  member(email: string): SandboxMember | undefined;
  /** Whom the key acts for. */
  keyOwner(): SandboxMember;
  /** Every API request received, oldest first; one in progress has status 0. */
  readonly calls: readonly SandboxCall[];
  clearCalls(): void;
  /** Addresses invited by e-mail and not revoked, oldest first. */
  readonly invitations: readonly Invitation[];
  /** Somebody clicks in Label Studio's own pages. */
  setRole(email: string, role: string, source?: string): void;
  /** Adds or revives. */
  addMember(seed: SeedMember): SandboxMember;
  removeMember(email: string): void;
  changeEmail(email: string, to: string): void;
  /** An account of this server in another organisation only. */
  addElsewhere(email: string): void;
  /** The next matching request, or as the aim says. */
  inject(fault: Fault, aim?: FaultAim): void;
  clearFaults(): void;
  revokeKey(): void;
  restoreKey(): void;
  set(changes: Partial<Behaviour>): void;
  onChange(listener: (members: readonly SandboxMember[]) => void): void;
  close(): Promise<void>;
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const site = openSite(options);
  const faults = new Faults(options.faultSeed ?? 1);
  const calls: SandboxCall[] = [];
  const server = apiServer(site, router(ROUTES), faults, calls);
  const host = options.host ?? "127.0.0.1";
  server.listen(options.port ?? 0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    apiKey: site.key.value,
    calls,
    clearCalls: () => void calls.splice(0),
    inject: (fault, aim) => faults.inject(fault, aim),
    clearFaults: () => faults.clear(),
    ...controls(site),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const ROUTES = [
  ...accountRoutes,
  ...organizationRoutes,
  ...memberRoutes,
  ...userRoutes,
  ...inviteRoutes,
  ...tagRoutes,
  ...workspaceRoutes,
  ...projectRoleRoutes,
  ...projectRoutes,
];

function openSite(options: SandboxOptions): Site {
  const now = options.now ?? Date.now;
  const world = new World(options.organizationId ?? 1, now);
  const seed = options.seed ?? DEFAULT_SEED;
  const owner = options.keyOwner ?? (firstOf("AD", seed) ?? firstOf("OW", seed) ?? DEFAULT_KEY_OWNER).email;
  for (const member of seed) world.add(member);
  furnish(world.places);
  if (world.account(owner) === undefined) world.add({ ...DEFAULT_KEY_OWNER, email: owner });
  return {
    world,
    key: new Key(options.personalAccessToken ?? false, options.apiKey, now),
    throttle: new Throttle(),
    invitations: [],
    now,
    behaviour: { ...DEFAULT_BEHAVIOUR, ...(options.generation === "2025" && BEHAVIOUR_2025), ...options },
    principal: world.membershipOf(owner),
  };
}

/** Two workspaces, one that is out of use, one of somebody's own; three projects. */
function furnish(places: Places): void {
  const vision = places.newWorkspace("Vision", { id: 5 }).id;
  const language = places.newWorkspace("Language", { id: 6 }).id;
  places.newWorkspace("Scratch", { id: 7, isPersonal: true });
  places.newWorkspace("Legacy", { id: 8, isArchived: true });
  places.newProject("Street scenes", { id: 42, workspace: vision });
  places.newProject("Street scenes at night", { id: 43, workspace: vision });
  places.newProject("Contracts", { id: 44, workspace: language });
}

const firstOf = (role: string, seed: readonly SeedMember[]): SeedMember | undefined =>
  seed.find((member) => member.role === role && member.deleted !== true);

type Controls = Omit<Sandbox, "url" | "apiKey" | "calls" | "clearCalls" | "inject" | "clearFaults" | "close">;

function controls(site: Site): Controls {
  const { world, key, invitations, principal } = site;
  return {
    ...placesByHand(site),
    organizationId: world.organizationId,
    invitations,
    members: () => world.members(),
    member: (email) => {
      const account = world.account(email);
      const membership = account && world.membership(account.id);
      return membership && asMember(membership);
    },
    keyOwner: () => asMember(principal),
    setRole: (email, role, source = "manual") => world.setRole(world.membershipOf(email), role, source),
    addMember: (seed) => world.add(seed),
    removeMember: (email) => softDeleteIn(site, world.membershipOf(email)),
    changeEmail: (email, to) => world.changeEmail(world.membershipOf(email).account, to),
    addElsewhere: (email) => world.joinElsewhere(email),
    revokeKey: () => key.revoke(true),
    restoreKey: () => key.revoke(false),
    set: (changes) => {
      site.behaviour = { ...site.behaviour, ...changes };
    },
    onChange: (listener) => world.onChange(listener),
  };
}
