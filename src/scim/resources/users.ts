import { isDeepStrictEqual } from "node:util";
import { emailAddresses, type Attributes, type Page, type UserRecord } from "../../directory/index.js";
import type { DirectoryReads, Lane } from "../../ports.js";
import type { RequestContext } from "../context.js";
import { projectionOf, type ListRequest } from "../listing.js";
import { applyPatch, readPatch, standardForm, type Projection } from "../pure.js";
import { answer, change, expectStored, nameIn, revision, versionTag, type Change, type Presented } from "./change.js";
import { locationOf, projectedUsers, viewOf } from "./representation.js";
import type { ResourceHandlers } from "./resource.js";
import { identityOf, valuesOf } from "./values.js";

export const userHandlers: ResourceHandlers = { read, list, create, replace, patch, remove };

async function read(context: RequestContext, id: string): Promise<string> {
  const projection = projectionOf("User", context.query);
  return answer(context, await present(context, context.options.store.directory, id, projection));
}

async function list(context: RequestContext, { query, projection }: ListRequest): Promise<Page> {
  const { directory } = context.options.store;
  const page = await directory.users(query, viewOf(context, "User", projection));
  return { ...page, text: await projectedUsers(directory, page.text, projection) };
}

async function create(context: RequestContext, body: unknown): Promise<string> {
  const projection = projectionOf("User", context.query);
  const { attributes } = standardForm("User", body);
  const fields = namedFields(attributes, true);
  const id = context.options.newId(fields.userName);
  const created = await change(context, async ({ tx, at, enqueue, audit }) => {
    const user = { id, version: 1, created: at, lastModified: at, ...fields };
    await tx.insertUser(user);
    await enqueue([id], emailAddresses(attributes), user.active ? "change" : "leaver", "user.create");
    await audit("user.create", id, { active: user.active, after: identityOf(user.attributes) });
    return present(context, tx, id, projection);
  });
  return answer(context, created, locationOf(context.baseUrl, "User", id));
}

/** RFC 7644 §3.5.1, except that an absent `active` keeps what is stored: not saying it is not reactivating. */
async function replace(context: RequestContext, id: string, body: unknown): Promise<string> {
  const { attributes } = standardForm("User", body);
  return rewrite(context, id, "user.replace", () => attributes);
}

async function patch(context: RequestContext, id: string, body: unknown): Promise<string> {
  const operations = readPatch("User", body);
  return rewrite(context, id, "user.patch", (stored) => applyPatch("User", stored, operations));
}

async function remove(context: RequestContext, id: string): Promise<void> {
  await change(context, async ({ tx, at, enqueue, audit }) => {
    const user = expectStored("User", id, await tx.user(id), context.ifMatch);
    const left = await tx.removeUser(id, at);
    await tx.touchGroups(left, at);
    await enqueue([id], emailAddresses(user.attributes), "leaver", "user.delete");
    await audit("user.delete", id, { groups: left, before: identityOf(user.attributes) });
  });
}

/** Stores what `next` makes of a user; what changes nothing leaves version and outbox alone. */
async function rewrite(
  context: RequestContext,
  id: string,
  cause: string,
  next: (stored: Attributes) => Attributes,
): Promise<string> {
  const projection = projectionOf("User", context.query);
  const written = await change(context, async (write) => {
    const stored = expectStored("User", id, await write.tx.user(id), context.ifMatch);
    const fields = namedFields(next(stored.attributes), stored.active);
    if (isDeepStrictEqual(fields.attributes, stored.attributes)) return present(context, write.tx, id, projection);
    const user = { ...revision(stored, write.at), ...fields };
    await write.tx.putUser(user, stored.version);
    await announceChange(write, stored, user, cause);
    return present(context, write.tx, id, projection);
  });
  return answer(context, written);
}

async function announceChange(
  { enqueue, audit }: Change,
  before: UserRecord,
  after: UserRecord,
  cause: string,
): Promise<void> {
  const addresses = new Set([...emailAddresses(before.attributes), ...emailAddresses(after.attributes)]);
  const lane: Lane = before.active && !after.active ? "leaver" : "change";
  await enqueue([after.id], [...addresses], lane, cause);
  await audit(cause, after.id, { ...valuesOf(before.attributes, after.attributes), active: after.active });
}

/** What a record holds beside its attributes because the store compares or indexes it. */
function namedFields(
  attributes: Attributes,
  activeIfAbsent: boolean,
): Pick<UserRecord, "userName" | "externalId" | "active" | "attributes"> {
  const { externalId, active: sent } = attributes;
  const active = typeof sent === "boolean" ? sent : activeIfAbsent;
  return {
    userName: nameIn(attributes, "userName"),
    externalId: typeof externalId === "string" ? externalId : undefined,
    active,
    attributes: { ...attributes, active },
  };
}

async function present(
  context: RequestContext,
  reads: DirectoryReads,
  id: string,
  projection: Projection,
): Promise<Presented> {
  const shown = expectStored("User", id, await reads.shownUser(id, viewOf(context, "User", projection)), undefined);
  return { version: versionTag(shown), text: await projectedUsers(reads, shown.text, projection) };
}
