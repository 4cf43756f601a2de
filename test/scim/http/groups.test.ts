import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE, createGroup, createUser, GROUP, openBridge, patchOf, type Bridge } from "./bridge.js";

let bridge: Bridge;
let ada: string;
let bob: string;
beforeEach(async () => {
  bridge = await openBridge();
  ada = await createUser(bridge, "ada");
  bob = await createUser(bridge, "bob");
});
afterEach(() => bridge.close());

const read = async (id: string): Promise<Record<string, unknown>> =>
  (await bridge.send("get", `/Groups/${id}`)).body as Record<string, unknown>;

const members = async (id: string): Promise<readonly unknown[]> =>
  ((await read(id))["members"] as { value: unknown }[]).map((member) => member.value).sort();

const addOf = (...ids: readonly string[]) => ({ op: "add", path: "members", value: ids.map((value) => ({ value })) });

test("a group as it is read", async () => {
  const id = await createGroup(bridge, "G", [ada]);
  const at = "2026-01-01T00:00:00.000Z";
  expect(await read(id)).toEqual({
    schemas: [GROUP],
    id,
    displayName: "G",
    members: [{ value: ada, $ref: `${BASE}/Users/${ada}`, type: "User" }],
    meta: { resourceType: "Group", created: at, lastModified: at, location: `${BASE}/Groups/${id}`, version: 'W/"1"' },
  });
});

describe("members", () => {
  test("who is not known is skipped with an audit line, the others come in", async () => {
    const id = await createGroup(bridge, "G", [ada, "ghost-1"]);
    bridge.audit.length = 0;
    expect((await bridge.send("patch", `/Groups/${id}`, patchOf(addOf("ghost-2", bob)))).status).toBe(204);
    expect(await members(id)).toEqual([ada, bob].sort());
    expect(bridge.audit).toMatchObject([
      { action: "group.member-skipped", subject: id, detail: { unknown: ["ghost-2"] } },
      { action: "group.members", subject: id, detail: { joined: [bob], left: [] } },
    ]);
    const put = { schemas: [GROUP], displayName: "G", members: [{ value: "ghost-3" }, { value: bob }] };
    expect((await bridge.send("put", `/Groups/${id}`, put)).status).toBe(200);
    expect(await members(id)).toEqual([bob]);
  });

  test("adding twice is one member, and no change", async () => {
    const id = await createGroup(bridge, "G", [ada]);
    await bridge.looks();
    expect((await bridge.send("patch", `/Groups/${id}`, patchOf(addOf(ada, ada), addOf(ada)))).status).toBe(204);
    expect(await members(id)).toEqual([ada]);
    expect((await read(id))["meta"]).toMatchObject({ version: 'W/"1"' });
    expect(await bridge.looks()).toEqual({});
  });

  test("removing who is no member is no error and no change", async () => {
    const id = await createGroup(bridge, "G", [ada]);
    await bridge.looks();
    const operation = { op: "remove", path: `members[value eq "${bob}"]` };
    expect((await bridge.send("patch", `/Groups/${id}`, patchOf(operation))).status).toBe(204);
    expect([await members(id), await bridge.looks()]).toEqual([[ada], {}]);
  });

  test("what operations of one request undo of each other is no change", async () => {
    const id = await createGroup(bridge, "G", [ada]);
    await bridge.looks();
    const operations = [addOf(bob), { op: "remove", path: "members" }, addOf(ada)];
    await bridge.send("patch", `/Groups/${id}`, patchOf(...operations));
    expect([await members(id), await bridge.looks()]).toEqual([[ada], {}]);
  });

  test("a group may be a member; only users are looked at", async () => {
    const inner = await createGroup(bridge, "Inner", [ada]);
    await bridge.looks();
    const outer = await createGroup(bridge, "Outer", [inner, bob]);
    expect((await read(outer))["members"]).toEqual(
      expect.arrayContaining([{ value: inner, $ref: `${BASE}/Groups/${inner}`, type: "Group" }]),
    );
    expect(await bridge.looks()).toEqual({ [bob]: "change group.members" });
    await bridge.send("delete", `/Groups/${outer}`);
    expect(await bridge.looks()).toEqual({ [bob]: "change group.delete" });
  });

  test("adding and removing never reads the member list", async () => {
    const id = await createGroup(bridge, "G", [ada]);
    bridge.calls.length = 0;
    const operations = [addOf(bob), { op: "remove", path: `members[value eq "${ada}"]` }];
    await bridge.send("patch", `/Groups/${id}`, patchOf(...operations));
    expect(bridge.calls).toContain("addMembers");
    expect(bridge.calls).not.toContain("membersOf");
  });
});

describe("PUT", () => {
  test("absent members change nothing, [] empties", async () => {
    const id = await createGroup(bridge, "G", [ada, bob]);
    await bridge.send("put", `/Groups/${id}`, { schemas: [GROUP], displayName: "G2" });
    expect([await members(id), (await read(id))["displayName"]]).toEqual([[ada, bob].sort(), "G2"]);
    await bridge.looks();
    const emptied = await bridge.send("put", `/Groups/${id}`, { schemas: [GROUP], displayName: "G2", members: [] });
    expect([emptied.status, emptied.body]).toMatchObject([200, { members: [] }]);
    expect(await bridge.looks()).toEqual({ [ada]: "change group.members", [bob]: "change group.members" });
  });
});

describe("who is looked at", () => {
  test("everybody in the group when its displayName or externalId changes", async () => {
    const id = await createGroup(bridge, "G", [ada, bob]);
    for (const [path, value] of [
      ["displayName", "H"],
      ["externalId", "00g1"],
    ] as const) {
      await bridge.looks();
      await bridge.send("patch", `/Groups/${id}`, patchOf({ op: "add", path, value }));
      expect(await bridge.looks()).toEqual({ [ada]: "change group.patch", [bob]: "change group.patch" });
    }
  });

  test("nobody when something else of it changes, or nothing", async () => {
    const id = await createGroup(bridge, "G", [ada]);
    await bridge.looks();
    bridge.woken.length = 0;
    await bridge.send("patch", `/Groups/${id}`, patchOf({ op: "add", path: "costCode", value: "7" }));
    expect((await read(id))["meta"]).toMatchObject({ version: 'W/"2"' });
    await bridge.send("patch", `/Groups/${id}`, patchOf({ op: "replace", path: "displayName", value: "G" }));
    expect((await read(id))["meta"]).toMatchObject({ version: 'W/"2"' });
    expect([await bridge.looks(), bridge.woken]).toEqual([{}, []]);
  });
});

test("a PATCH answers the group only when attributes are asked for", async () => {
  const id = await createGroup(bridge, "G");
  const silent = await bridge.send("patch", `/Groups/${id}`, patchOf(addOf(ada)));
  expect([silent.status, silent.headers["content-type"], silent.headers["etag"]]).toEqual([204, undefined, 'W/"2"']);
  const asked = await bridge.send("patch", `/Groups/${id}?attributes=members`, patchOf(addOf(bob)));
  expect([asked.status, asked.body]).toMatchObject([200, { id, schemas: [GROUP] }]);
  expect((asked.body as { members: unknown[] }).members).toHaveLength(2);
});

test("If-Match guards a member PATCH too", async () => {
  const id = await createGroup(bridge, "G");
  const send = (tag: string) => bridge.send("patch", `/Groups/${id}`, patchOf(addOf(ada)), { "If-Match": tag });
  expect((await send('W/"2"')).status).toBe(412);
  expect(await members(id)).toEqual([]);
  expect((await send('W/"1"')).status).toBe(204);
  expect((await read(id))["meta"]).toMatchObject({ version: 'W/"2"' });
});
