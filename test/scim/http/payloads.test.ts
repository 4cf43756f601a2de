// The payloads of identity providers once more, as requests: what is answered and what is read afterwards.
import { afterEach, expect, test } from "@jest/globals";
import type { Attributes } from "../../../src/directory/index.js";
import { payloads, type Payload } from "../payloads.js";
import { createUser, GROUP, idOf, LIST, openBridge, USER, type Bridge } from "./bridge.js";

const ENDPOINTS = { User: "/Users", Group: "/Groups" } as const;
const BYSTANDER = "has-no-emails";

let bridge: Bridge;
afterEach(() => bridge.close());

test.each(payloads)("%s", async (_file, payload) => {
  const { before, after, request } = payload;
  const id = before.id ?? "under-test";
  const people = new Set([...(before.members ?? []), ...(after.members ?? [])]);
  // People and the bystander are called by their ids.
  bridge = await openBridge({ newId: (name) => (people.has(name) || name === BYSTANDER ? name : id) });
  for (const person of [...people, BYSTANDER]) await createUser(bridge, person);
  if (request.method === "GET") await filtered(payload, request.filter, id);
  else await changed(payload, request, id);
  expect((await bridge.send("get", `/Users/${BYSTANDER}`)).body).toMatchObject({ meta: { version: 'W/"1"' } });
});

async function filtered(payload: Payload, filter: string, id: string): Promise<void> {
  if (payload.before.attributes) await create(payload, payload.before.attributes);
  const path = `${ENDPOINTS[payload.kind]}?filter=${encodeURIComponent(filter)}`;
  const response = await bridge.send("get", path);
  const { error, found } = payload.after;
  if (error !== undefined) return expect([response.status, response.body]).toMatchObject([400, { scimType: error }]);
  expect([response.status, response.body]).toMatchObject([200, { schemas: [LIST] }]);
  const ids = (response.body as { Resources: { id: string }[] }).Resources.map((resource) => resource.id);
  expect(ids).toEqual(found === true ? [id] : []);
}

async function changed(
  payload: Payload,
  request: { readonly method: "POST" | "PATCH"; readonly body: object },
  id: string,
): Promise<void> {
  const { kind, before, after } = payload;
  const path = `${ENDPOINTS[kind]}/${id}`;
  if (request.method === "PATCH") await create(payload, before.attributes ?? {});
  const [method, target] =
    request.method === "PATCH" ? (["patch", path] as const) : (["post", ENDPOINTS[kind]] as const);
  const unchanged = await bridge.send("get", path);
  const response = await bridge.send(method, target, request.body);
  if (after.error !== undefined) {
    expect([response.status, response.body]).toMatchObject([400, { scimType: after.error }]);
    expect((await bridge.send("get", path)).body).toEqual(unchanged.body);
    return;
  }
  const read = (await bridge.send("get", path)).body as Record<string, unknown>;
  expect(response.status).toBe(request.method === "POST" ? 201 : kind === "User" ? 200 : 204);
  if (response.status !== 204) expect(response.body).toEqual(read);
  expect(stored(read)).toEqual(kind === "User" ? { active: true, ...after.attributes } : after.attributes);
  if (kind === "Group") expect(memberIds(read)).toEqual([...(after.members ?? [])].sort());
}

async function create({ kind, before }: Payload, attributes: Attributes): Promise<void> {
  const members = before.members?.map((value) => ({ value }));
  const body = { schemas: [kind === "User" ? USER : GROUP], ...attributes, ...(members && { members }) };
  const created = await bridge.send("post", ENDPOINTS[kind], body);
  expect([created.status, idOf(created)]).toEqual([201, before.id ?? "under-test"]);
}

/** Without what the bridge adds to it. */
const stored = (resource: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(resource).filter(([name]) => !["id", "meta", "groups", "members"].includes(name)));

const memberIds = (group: Record<string, unknown>) =>
  (group["members"] as { value: string }[]).map((member) => member.value).sort();
