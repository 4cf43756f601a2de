// What is asked of the list of members: names of tags, workspaces and projects become their ids.
import { BridgeError } from "../errors.js";
import type { Assignable } from "../membership/index.js";
import type { Assigner, MemberFilter } from "../ports.js";

export interface MembersAsked {
  readonly role?: readonly string[];
  readonly tag?: readonly string[];
  readonly search?: string;
  readonly userType?: readonly string[];
  readonly deleted: boolean;
  readonly ordering?: string;
  readonly notInProject?: string;
  readonly notInWorkspace?: string;
  readonly contributed: boolean;
  readonly activeSince?: string;
}

type Asking = Pick<Assigner, "assignables">;

/** NOT_FOUND when there is no such tag, workspace or project. */
export async function memberFilter(asked: MembersAsked, labelStudio: Asking): Promise<MemberFilter> {
  const { tag, notInProject, notInWorkspace } = asked;
  return {
    roles: asked.role,
    tags: tag && (await tagIds(labelStudio, tag)),
    search: asked.search,
    userTypes: asked.userType,
    isDeleted: asked.deleted,
    ordering: asked.ordering,
    excludeProjectId: notInProject === undefined ? undefined : await idOf(labelStudio, "project", notInProject),
    excludeWorkspaceId: notInWorkspace === undefined ? undefined : await idOf(labelStudio, "workspace", notInWorkspace),
    contributedToProjects: asked.contributed,
    lastActivityFrom: asked.activeSince,
  };
}

const key = (name: string): string => name.trim().toLowerCase();
const numberIn = (text: string): number | undefined => (/^\d+$/.test(text.trim()) ? Number(text) : undefined);

/** A label before an id, as a label may be a number. */
async function tagIds(labelStudio: Asking, wanted: readonly string[]): Promise<readonly number[]> {
  const tags = await labelStudio.assignables("tag", { ids: [], names: wanted }, "sweep");
  if (tags === undefined) throw new BridgeError("NOT_FOUND", "This Label Studio has no member tags.");
  return wanted.map((text) => {
    const found = tags.find(({ name }) => key(name) === key(text)) ?? tags.find(({ id }) => id === numberIn(text));
    if (found === undefined) throw new BridgeError("NOT_FOUND", `There is no tag ${JSON.stringify(text)}.`);
    return found.id;
  });
}

async function idOf(labelStudio: Asking, kind: "project" | "workspace", text: string): Promise<number> {
  const number = numberIn(text);
  const wanted = { ids: number === undefined ? [] : [number], names: [text] };
  const all = (await labelStudio.assignables(kind, wanted, "sweep")) ?? [];
  const named = all.filter(({ name }) => key(name) === key(text));
  const found: readonly Assignable[] = named.length > 0 ? named : all.filter(({ id }) => id === number);
  const [only] = found;
  if (only === undefined) throw new BridgeError("NOT_FOUND", `There is no ${kind} ${JSON.stringify(text)}.`);
  if (found.length === 1) return only.id;
  const ids = found.map(({ id }) => id).join(", ");
  throw new BridgeError(
    "NOT_FOUND",
    `${found.length} ${kind}s are called ${JSON.stringify(text)}: name one by id (${ids}).`,
  );
}
