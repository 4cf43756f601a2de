import type { Site } from "../routing.js";
import type { Membership } from "../state.js";
import { ids } from "./crowd.js";

/** The query keys of contract 2.4 that decide who is listed; all others are ignored, as the server does. */
export function selectMembers(site: Site, query: URLSearchParams): readonly Membership[] {
  const { maskDeleted, memberFilters } = site.behaviour;
  const roles = csv(query.get("role"));
  const isNew = memberFilters === "2025" ? () => true : newerFilters(site, query);
  const terms = (query.get("search") ?? "")
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  const onlyDeleted = memberFilters === "current" && /^(true|1)$/i.test(query.get("is_deleted") ?? "");
  return site.world
    .memberships()
    .filter(
      (member) =>
        (onlyDeleted ? member.deleted : maskDeleted || !member.deleted) &&
        (roles.length === 0 || roles.includes(member.role)) &&
        isNew(member) &&
        terms.every((term) => contains(member, term)),
    )
    .sort(comparator(query.get("ordering") ?? ""));
}

/** Of tags, user types, activity, and who is in neither a project nor a workspace, directly or by their role. */
function newerFilters({ world }: Site, query: URLSearchParams): (member: Membership) => boolean {
  const { places } = world;
  const userTypes = csv(query.get("user_type"));
  const tags = ids(query.get("tags"));
  const [from, until] = ["gte", "lte"].map((bound) => Date.parse(query.get(`user__last_activity__${bound}`) ?? ""));
  const project = places.projects.get(Number(query.get("exclude_project_id") ?? 0));
  const workspaces = [Number(query.get("exclude_workspace_id") ?? 0), project?.workspace ?? 0];
  const insiders = [project, ...workspaces.map((id) => places.workspaces.get(id))].flatMap((place) => place ?? []);
  return ({ account, role, userType }) => {
    const activeAt = Date.parse(account.lastActivity);
    const isInside = role === "OW" || role === "AD" || insiders.some(({ members }) => members.has(account.id));
    return (
      (userTypes.length === 0 || userTypes.includes(userType)) &&
      (tags.length === 0 || places.tagsOf(account.id).some(({ id }) => tags.includes(id))) &&
      !(insiders.length > 0 && isInside) &&
      !(activeAt < (from ?? NaN)) &&
      !(activeAt > (until ?? NaN))
    );
  };
}

const csv = (text: string | null): readonly string[] => (text ?? "").split(",").filter(Boolean);

// Django REST framework's SearchFilter: every word in some field, as a substring, without case.
function contains({ account }: Membership, term: string): boolean {
  const { email, username, firstName, lastName } = account;
  return [email, username, firstName, lastName].some((field) => field.toLowerCase().includes(term));
}

const SORT_KEYS: Readonly<Record<string, (member: Membership) => string | number>> = {
  id: (member) => member.id,
  role: (member) => member.role,
  user__id: ({ account }) => account.id,
  user__email: ({ account }) => account.email,
  user__username: ({ account }) => account.username,
  user__first_name: ({ account }) => account.firstName,
  user__last_name: ({ account }) => account.lastName,
};

/** Unknown fields order nothing; ties, and the default, go by username and then by id, so that pages are stable. */
function comparator(ordering: string): (left: Membership, right: Membership) => number {
  const fields = [...csv(ordering), "user__username", "id"].map((field) => ({
    keyOf: SORT_KEYS[field.replace(/^-/, "")],
    sign: field.startsWith("-") ? -1 : 1,
  }));
  return (left, right) => {
    for (const { keyOf, sign } of fields) {
      const order = keyOf === undefined ? 0 : compare(keyOf(left), keyOf(right));
      if (order !== 0) return sign * order;
    }
    return 0;
  };
}

const compare = (left: string | number, right: string | number): number => (left < right ? -1 : left > right ? 1 : 0);
