// What somebody does with tags, workspaces and projects in Label Studio's own pages, and what is to be seen there.
import { BridgeError } from "../errors.js";
import type { Place, Project } from "./places.js";
import type { Site } from "./routing.js";

export interface PlacesByHand {
  /** Every tag with the addresses of those who have it. */
  tags(): readonly { readonly id: number; readonly label: string; readonly members: readonly string[] }[];
  workspaces(): readonly { readonly id: number; readonly title: string; readonly members: readonly string[] }[];
  /** `roles`: the project roles by address; who is not named there acts with the role of the organisation. */
  projects(): readonly {
    readonly id: number;
    readonly title: string;
    readonly members: readonly string[];
    readonly roles: Readonly<Record<string, string>>;
  }[];
  /** Makes the tag when there is none of that label. */
  tag(email: string, label: string): void;
  untag(email: string, label: string): void;
  addTag(label: string): number;
  addWorkspace(title: string, id?: number): number;
  addProject(title: string, id?: number): number;
  /** By title. */
  joinWorkspace(email: string, title: string): void;
  leaveWorkspace(email: string, title: string): void;
  /** A member of the project from now on; `inherit`: without a role of its own. */
  joinProject(email: string, projectId: number, role?: string): void;
  leaveProject(email: string, projectId: number): void;
  contribute(email: string, projectId: number): void;
  rename(kind: "tag" | "workspace" | "project", id: number, name: string): void;
  remove(kind: "tag" | "workspace" | "project", id: number): void;
  archive(workspaceId: number): void;
}

export function placesByHand({ world }: Site): PlacesByHand {
  const { places } = world;
  const userId = (email: string): number => world.membershipOf(email).account.id;
  const emails = (userIds: Iterable<number>): readonly string[] =>
    [...userIds].map((id) => world.membership(id)?.account.email ?? String(id)).sort();
  const shown = ({ id, title, members }: Place) => ({ id, title, members: emails(members) });
  const workspace = (title: string) =>
    found(
      [...places.workspaces.values()].find((candidate) => candidate.title === title),
      `workspace ${title}`,
    );
  const project = (id: number): Project => found(places.projects.get(id), `project ${id}`);
  const withdraw = (from: Project, user: number): void => {
    from.members.delete(user);
    places.removeRoles((row, of) => of === from && row.user === user);
  };
  return {
    tags: () =>
      [...places.tags.values()].map(({ id, label }) => ({ id, label, members: emails(places.taggedWith(id)) })),
    workspaces: () => [...places.workspaces.values()].map(shown),
    projects: () =>
      [...places.projects.values()].map((each) => ({
        ...shown(each),
        roles: Object.fromEntries(each.roles.map(({ user, role }) => [emails([user])[0] ?? "", role])),
      })),
    tag: (email, label) => void places.tag(userId(email), [(places.tagOf(label) ?? places.newTag(label)).id], false),
    untag: (email, label) => {
      const kept = places.tagsOf(userId(email)).filter((tag) => tag !== places.tagOf(label));
      places.tag(userId(email), ids(kept), true);
    },
    addTag: (label) => places.newTag(label).id,
    addWorkspace: (title, id) => places.newWorkspace(title, { id }).id,
    addProject: (title, id) => places.newProject(title, { id }).id,
    joinWorkspace: (email, title) => void workspace(title).members.add(userId(email)),
    leaveWorkspace: (email, title) => void workspace(title).members.delete(userId(email)),
    joinProject: (email, projectId, role = "inherit") => {
      const into = project(projectId);
      withdraw(into, userId(email));
      into.members.add(userId(email));
      if (role !== "inherit") places.addRole(into, userId(email), role, "manual");
    },
    leaveProject: (email, projectId) => withdraw(project(projectId), userId(email)),
    contribute: (email, projectId) => void project(projectId).contributors.add(userId(email)),
    rename: (kind, id, name) => {
      if (kind === "tag") found(places.tags.get(id), `tag ${id}`).label = name;
      else found(placeOf(places[`${kind}s`], id), `${kind} ${id}`).title = name;
    },
    remove: (kind, id) => {
      if (kind === "tag") places.removeTag(id);
      else places[`${kind}s`].delete(id);
    },
    archive: (id) => {
      found(places.workspaces.get(id), `workspace ${id}`).isArchived = true;
    },
  };
}

const ids = (tags: readonly { readonly id: number }[]): readonly number[] => tags.map(({ id }) => id);

const placeOf = (places: ReadonlyMap<number, Place>, id: number): Place | undefined => places.get(id);

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new BridgeError("NOT_FOUND", `sandbox: there is no ${what}`);
  return value;
}
