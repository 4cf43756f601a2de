import { permissionsOf } from "./auth.js";
import type { Behaviour } from "./options.js";
import type { Places, Tag } from "./places.js";
import type { Account, Membership, World } from "./state.js";

// JSON shapes of the vendor's schema: LseOrganizationMemberList, LseUser, WhoAmIUser (contract 2.4, 2.6).
type Row = Readonly<Record<string, unknown>>;

// What is left to see of somebody soft-deleted (contract 2.6).
const MASK = { email: "Deleted", username: "Deleted", firstName: "Deleted", lastName: "User", phone: "" };

interface MemberView {
  readonly world: World;
  readonly behaviour: Behaviour;
  /** Default: when soft-deleted. */
  readonly masked?: boolean;
  /** With the projects that each has contributed to. */
  readonly contributions?: boolean;
}

export function memberRow(membership: Membership, { world, behaviour, ...view }: MemberView): Row {
  const { account, role, id, organizationId: organization } = membership;
  const shown = (view.masked ?? membership.deleted) ? { ...account, ...MASK } : account;
  // Servers of November 2025 send no more than this.
  if (behaviour.memberRows === "2025") return { id, organization, role, user: person(shown) };
  const contributed = view.contributions === true ? contributions(account, world.places) : null;
  return {
    id,
    organization,
    role,
    role_source: membership.roleSource,
    user_type: membership.userType,
    concurrency: null,
    flex: null,
    tags: world.places.tagsOf(account.id).map(tagRef),
    created_projects: null,
    contributed_to_projects: contributed,
    user: {
      ...person(shown),
      created_projects: null,
      contributed_to_projects: null,
      lse_fields: lseFields(account),
    },
  };
}

export const tagRef = ({ id, label }: Tag): Row => ({ id, label });

const contributions = ({ id }: Account, places: Places): readonly Row[] =>
  [...places.projects.values()]
    .filter(({ contributors }) => contributors.has(id))
    .map(({ id: project, title }) => ({ id: project, title }));

export function userRow(membership: Membership, world: World, title: string): Row {
  const { account, deleted } = membership;
  const held = { role: membership.role, active: !deleted, organization_id: membership.organizationId };
  return {
    ...person(deleted ? { ...account, ...MASK } : account),
    active_organization_meta: { title, email: world.owner()?.account.email ?? "" },
    org_membership: [held],
    organization_membership: held,
    lse_fields: lseFields(account),
  };
}

export function whoAmIRow(membership: Membership, world: World, title: string): Row {
  return {
    ...userRow(membership, world, title),
    permissions: membership.deleted ? [] : permissionsOf(membership.role),
    social_accounts: [],
    lse_fields: { ...lseFields(membership.account), active_organization_external_id: null },
  };
}

function person(account: Account): Row {
  return {
    id: account.id,
    email: account.email,
    username: account.username,
    first_name: account.firstName,
    last_name: account.lastName,
    phone: account.phone,
    initials: initials(account),
    avatar: null,
    active_organization: account.activeOrganization,
    last_activity: account.lastActivity,
    date_joined: account.joined,
    allow_newsletters: null,
    custom_hotkeys: {},
    pause: null,
  };
}

const initials = ({ firstName, lastName, email }: Account): string =>
  (firstName.slice(0, 1) + lastName.slice(0, 1) || email.slice(0, 2)).toUpperCase();

const lseFields = (account: Account): Row => ({
  invite_activated: null,
  invite_expired: false,
  invite_expired_at: null,
  invited_at: account.joined,
  invited_by: null,
  onboarding_state: "complete",
  social_auth_finished: null,
  email_notification_settings: {},
});
