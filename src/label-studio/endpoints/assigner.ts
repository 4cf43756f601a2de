import { BridgeError } from "../../errors.js";
import type { Assignable, AssignableKind, Assignee } from "../../membership/index.js";
import type { Assignment } from "../../plan/index.js";
import type { Assigned, Assigner } from "../../ports.js";
import type { Caller, Transport } from "../transport.js";
import { listMembers } from "./listing.js";
import { join, leave } from "./places.js";
import { joinProject, leaveProject, projectMembers, projects } from "./projects.js";
import { nameKey, type Lacking, type Site } from "./site.js";
import { assignTags, createTags, tags } from "./tags.js";
import { createWorkspaces, workspaceMembers, workspacePlace, workspaces } from "./workspaces.js";

export function assigner(transport: Transport, organizationId: () => Promise<number>): Assigner {
  const lacking: Lacking = new Set();
  const at = async (urgency: Site["urgency"], caller: Caller = transport): Promise<Site> => {
    return { transport: caller, organizationId: await organizationId(), urgency, lacking };
  };
  return {
    members: async function* (filter, urgency) {
      yield* listMembers(await at(urgency), filter);
    },
    assignables: async (kind, wanted, urgency) => assignables(await at(urgency), kind, wanted),
    createAssignables: async (kind, names, urgency) => create(await at(urgency), kind, names),
    assignees: async (of, urgency) => assignees(await at(urgency), of),
    assign: async (assignment, urgency, stillWanted, errand) =>
      assign(careful(await at(urgency, transport.on(errand)), stillWanted), assignment),
  };
}

/** Every call that changes something asks once more when it has its turn. */
function careful(site: Site, stillWanted: (() => Promise<boolean>) | undefined): Site {
  if (stillWanted === undefined) return site;
  const call: Caller["call"] = (asked) =>
    site.transport.call(asked.method === "GET" ? asked : { ...asked, stillWanted });
  return { ...site, transport: { call } };
}

function assignables(
  site: Site,
  kind: AssignableKind,
  wanted: { readonly ids: readonly number[]; readonly names: readonly string[] },
): Promise<readonly Assignable[] | undefined> {
  switch (kind) {
    case "tag":
      return tags(site);
    case "workspace":
      return workspaces(site);
    case "project":
      return projects(site, wanted);
  }
}

const NOTHING = { ids: [], names: [] } as const;

async function create(site: Site, kind: "tag" | "workspace", names: readonly string[]): Promise<readonly Assignable[]> {
  const wanted = new Map(names.map((name) => [nameKey(name), name.trim()]));
  const there = (found: readonly Assignable[] | undefined): readonly Assignable[] =>
    (found ?? []).filter(({ name }) => wanted.has(nameKey(name)));
  const before = there(await assignables(site, kind, NOTHING));
  const missing = missingOf(wanted, before);
  if (missing.length === 0) return before;
  await (kind === "tag" ? createTags : createWorkspaces)(site, missing);
  const after = there(await assignables(site, kind, NOTHING));
  if (missingOf(wanted, after).length === 0) return after;
  const words = `${kind}s.create: Label Studio answered 2xx, but not every new ${kind} is in its list`;
  throw new BridgeError("TARGET_REFUSED", words, { reason: `${kind}s.create:200:not listed` });
}

function missingOf(wanted: ReadonlyMap<string, string>, found: readonly Assignable[]): readonly string[] {
  const keys = new Set(found.map(({ name }) => nameKey(name)));
  return [...wanted].filter(([key]) => !keys.has(key)).map(([, name]) => name);
}

async function assignees(site: Site, of: Assignable): Promise<readonly Assignee[]> {
  return of.kind === "project" ? projectMembers(site, of) : workspaceMembers(site, of);
}

async function assign(site: Site, assignment: Assignment): Promise<Assigned> {
  // An empty list of people is never sent: what a server makes of it is not documented.
  if (assignment.userIds.length === 0) return { done: [], refused: [] };
  switch (assignment.kind) {
    case "add-tags":
    case "set-tags":
      return assignTags(site, assignment);
    case "join-workspace":
      return join(site, workspacePlace(site, assignment.of), assignment.userIds);
    case "leave-workspace":
      return leave(site, workspacePlace(site, assignment.of), assignment.userIds);
    case "join-project":
      return joinProject(site, assignment.of, assignment.role, assignment.userIds);
    case "leave-project":
      return leaveProject(site, assignment.of, assignment.userIds);
  }
}
