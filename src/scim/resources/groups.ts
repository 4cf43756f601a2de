import { isDeepStrictEqual } from "node:util";
import type { Attributes, GroupRecord, Page } from "../../directory/index.js";
import type { DirectoryReads } from "../../ports.js";
import type { RequestContext } from "../context.js";
import { projectionOf, type ListRequest } from "../listing.js";
import { applyPatch, readPatch, standardForm, type Projection } from "../pure.js";
import {
  answer,
  change,
  expectStored,
  nameIn,
  revision,
  versionTag,
  type Change,
  type Presented,
  type Versioned,
} from "./change.js";
import { changeMembers, type MembersOperation, type MembershipChange } from "./members.js";
import { locationOf, projected, viewOf } from "./representation.js";
import type { ResourceHandlers } from "./resource.js";
import { valuesOf } from "./values.js";

export const groupHandlers: ResourceHandlers = { read, list, create, replace, patch, remove };

async function read(context: RequestContext, id: string): Promise<string> {
  const projection = projectionOf("Group", context.query);
  return answer(context, await present(context, context.options.store.directory, id, projection));
}

async function list(context: RequestContext, { query, projection }: ListRequest): Promise<Page> {
  const { directory } = context.options.store;
  const page = await directory.groups(query, viewOf(context, "Group", projection));
  return { ...page, text: projected(page.text, projection) };
}

async function create(context: RequestContext, body: unknown): Promise<string> {
  const projection = projectionOf("Group", context.query);
  const { attributes, members = [] } = standardForm("Group", body);
  const fields = namedFields(attributes);
  const id = context.options.newId(fields.displayName);
  const created = await change(context, async (write) => {
    const group = { id, version: 1, created: write.at, lastModified: write.at, ...fields };
    await write.tx.insertGroup(group);
    await write.audit("group.create", id, { displayName: group.displayName });
    await announceMembers(write, id, await changeMembers(write, id, [{ kind: "members", op: "add", members }]));
    return present(context, write.tx, id, projection);
  });
  return answer(context, created, locationOf(context.baseUrl, "Group", id));
}

/** RFC 7644 §3.5.1, except that absent `members` change nothing: several IdPs rename a group without them. */
async function replace(context: RequestContext, id: string, body: unknown): Promise<string> {
  const projection = projectionOf("Group", context.query);
  const { attributes, members } = standardForm("Group", body);
  const edit: Edit = {
    cause: "group.replace",
    next: () => attributes,
    onMembers: members ? [{ kind: "members", op: "replace", members }] : [],
  };
  return answer(context, await rewrite(context, id, edit, ({ tx }) => present(context, tx, id, projection)));
}

/** Answers nothing (204) unless attributes are asked for: Microsoft advises against returning members (RFC 7644 §3.5.2). */
async function patch(context: RequestContext, id: string, body: unknown): Promise<string | undefined> {
  const projection = projectionOf("Group", context.query);
  const operations = readPatch("Group", body);
  const edit: Edit = {
    cause: "group.patch",
    next: (stored) => applyPatch("Group", stored, operations),
    onMembers: operations.filter((operation) => operation.kind === "members"),
  };
  if (context.query["attributes"] !== undefined)
    return answer(context, await rewrite(context, id, edit, ({ tx }) => present(context, tx, id, projection)));
  const silently = (_write: Change, group: Versioned) =>
    Promise.resolve({ version: versionTag(group), text: undefined });
  return answer(context, await rewrite(context, id, edit, silently));
}

async function remove(context: RequestContext, id: string): Promise<void> {
  await change(context, async ({ tx, enqueue, audit }) => {
    const group = expectStored("Group", id, await tx.group(id), context.ifMatch);
    const members = await tx.removeGroup(id);
    const people = members.filter((member) => member.type === "User").map((member) => member.id);
    await enqueue(people, [], "change", "group.delete", originOf(id));
    await audit("group.delete", id, { displayName: group.displayName, members: members.map((member) => member.id) });
  });
}

interface Edit {
  readonly cause: string;
  readonly next: (stored: Attributes) => Attributes;
  readonly onMembers: readonly MembersOperation[];
}

/** Stores what an edit makes of a group and of its members, all or nothing. */
function rewrite<Text>(
  context: RequestContext,
  id: string,
  edit: Edit,
  show: (write: Change, group: Versioned) => Promise<Presented<Text>>,
): Promise<Presented<Text>> {
  return change(context, async (write) => {
    const stored = expectStored("Group", id, await write.tx.group(id), context.ifMatch);
    const fields = namedFields(edit.next(stored.attributes));
    const moved = await changeMembers(write, id, edit.onMembers);
    const changed = !isDeepStrictEqual(fields.attributes, stored.attributes);
    if (!changed && moved.joined.size + moved.left.size === 0) return show(write, stored);
    const group = { ...revision(stored, write.at), ...fields };
    // Members alone raise the version where it stands: two who add to the same group do not stand in each other's way.
    if (changed || context.ifMatch !== undefined) await write.tx.putGroup(group, stored.version);
    else await write.tx.touchGroups([id], write.at);
    if (changed) await announceGroup(write, stored, group, edit.cause);
    await announceMembers(write, id, moved);
    return show(write, group);
  });
}

/** A mapping rule names groups by displayName or externalId: everybody in the group may get another role. */
async function announceGroup(
  { tx, enqueue, audit }: Change,
  before: GroupRecord,
  after: GroupRecord,
  cause: string,
): Promise<void> {
  const { id, displayName } = after;
  await audit(cause, id, { ...valuesOf(before.attributes, after.attributes), displayName });
  if (before.displayName === displayName && before.externalId === after.externalId) return;
  const members = (await tx.membersOf([id])).get(id) ?? [];
  const people = members.filter((member) => member.type === "User").map((member) => member.id);
  await enqueue(people, [], "change", cause, originOf(id));
}

async function announceMembers({ tx, enqueue, audit }: Change, id: string, moved: MembershipChange): Promise<void> {
  const ids = [...moved.joined, ...moved.left];
  if (ids.length === 0) return;
  const kinds = await tx.kinds(ids);
  const people = ids.filter((member) => kinds.get(member) === "User");
  await enqueue(people, [], "change", "group.members", originOf(id));
  await audit("group.members", id, { joined: [...moved.joined], left: [...moved.left] });
}

/** However many requests an IdP takes to empty a group, it is one change. */
const originOf = (id: string): string => `group ${id}`;

/** What a record holds beside its attributes because the store compares or indexes it. */
function namedFields(attributes: Attributes): Pick<GroupRecord, "displayName" | "externalId" | "attributes"> {
  const { externalId } = attributes;
  return {
    displayName: nameIn(attributes, "displayName"),
    externalId: typeof externalId === "string" ? externalId : undefined,
    attributes,
  };
}

async function present(
  context: RequestContext,
  reads: DirectoryReads,
  id: string,
  projection: Projection,
): Promise<Presented> {
  const shown = expectStored("Group", id, await reads.shownGroup(id, viewOf(context, "Group", projection)), undefined);
  return { version: versionTag(shown), text: projected(shown.text, projection) };
}
