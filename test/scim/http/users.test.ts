import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE, createGroup, createUser, openBridge, patchOf, USER, type Bridge } from "./bridge.js";

let bridge: Bridge;
beforeEach(async () => {
  bridge = await openBridge();
});
afterEach(() => bridge.close());

const body = async (path: string): Promise<Record<string, unknown>> =>
  (await bridge.send("get", path)).body as Record<string, unknown>;

test("a user created inactive is a leaver at once", async () => {
  const id = await createUser(bridge, "ada@acme.example", { active: false });
  expect(await bridge.looks()).toEqual({ [id]: "leaver user.create" });
  expect(bridge.woken).toEqual(["leaver"]);
});

test("active is true unless said", async () => {
  expect(await body(`/Users/${await createUser(bridge, "ada")}`)).toMatchObject({ active: true });
});

describe("PUT", () => {
  test("without active keeps what is stored, and replaces the rest", async () => {
    const id = await createUser(bridge, "ada", { active: false, title: "Countess", nickName: "A" });
    await bridge.send("put", `/Users/${id}`, { schemas: [USER], userName: "ada", nickName: "B" });
    const user = await body(`/Users/${id}`);
    expect(user).toMatchObject({ active: false, nickName: "B" });
    expect(user).not.toHaveProperty("title");
  });

  test("of what is stored changes nothing and wakes nobody", async () => {
    const id = await createUser(bridge, "ada", { title: "Countess" });
    await bridge.looks();
    const audited = bridge.audit.length;
    bridge.time.now += 5_000;
    const same = await bridge.send("put", `/Users/${id}`, { title: "Countess", userName: "ada", schemas: [USER] });
    expect([same.status, same.headers["etag"]]).toEqual([200, 'W/"1"']);
    expect(same.body).toMatchObject({ meta: { lastModified: "2026-01-01T00:00:00.000Z" } });
    expect([await bridge.looks(), bridge.audit.length]).toEqual([{}, audited]);
  });
});

describe("PATCH", () => {
  test("raises version and lastModified once, however many operations it has", async () => {
    const id = await createUser(bridge, "ada");
    bridge.time.now += 5_000;
    const operations = ["title", "nickName", "locale"].map((path) => ({ op: "add", path, value: "x" }));
    const patched = await bridge.send("patch", `/Users/${id}`, patchOf(...operations));
    expect(patched.headers["etag"]).toBe('W/"2"');
    expect(patched.body).toMatchObject({
      title: "x",
      nickName: "x",
      locale: "x",
      meta: { version: 'W/"2"', created: "2026-01-01T00:00:00.000Z", lastModified: "2026-01-01T00:00:05.000Z" },
    });
  });

  test("that changes nothing answers the user and wakes nobody", async () => {
    const id = await createUser(bridge, "ada", { title: "Countess" });
    await bridge.looks();
    bridge.woken.length = 0;
    const patched = await bridge.send(
      "patch",
      `/Users/${id}`,
      patchOf({ op: "replace", path: "title", value: "Countess" }),
    );
    expect([patched.status, patched.body]).toMatchObject([200, { id, meta: { version: 'W/"1"' } }]);
    expect([await bridge.looks(), bridge.woken]).toEqual([{}, []]);
  });

  test("projected answers do not project what is stored", async () => {
    const id = await createUser(bridge, "ada", { title: "Countess" });
    const operation = { op: "replace", path: "nickName", value: "A" };
    const patched = await bridge.send("patch", `/Users/${id}?attributes=nickName`, patchOf(operation));
    expect(patched.body).toEqual({ schemas: [USER], id, nickName: "A" });
    expect(await body(`/Users/${id}`)).toMatchObject({ title: "Countess", nickName: "A" });
  });
});

test("whoever shares an address before or after the change is looked at too", async () => {
  const work = (value: string) => ({ emails: [{ value, type: "work" }] });
  const first = await createUser(bridge, "first", work("old@acme.example"));
  const second = await createUser(bridge, "second", work("old@acme.example"));
  const third = await createUser(bridge, "third", work("new@acme.example"));
  await bridge.looks();
  const operation = { op: "replace", path: 'emails[type eq "work"].value', value: "new@acme.example" };
  await bridge.send("patch", `/Users/${first}`, patchOf(operation));
  expect(Object.keys(await bridge.looks()).sort()).toEqual([first, second, third].sort());
});

test("deleting a user ends its memberships and touches the groups", async () => {
  const [ada, bob] = [await createUser(bridge, "ada"), await createUser(bridge, "bob")];
  const group = await createGroup(bridge, "G", [ada, bob]);
  expect(await body(`/Users/${ada}`)).toMatchObject({
    groups: [{ value: group, $ref: `${BASE}/Groups/${group}`, display: "G", type: "direct" }],
  });
  await bridge.looks();
  bridge.woken.length = 0;
  const deleted = await bridge.send("delete", `/Users/${ada}`);
  expect([deleted.status, deleted.headers["content-type"]]).toEqual([204, undefined]);
  expect(await body(`/Groups/${group}`)).toMatchObject({ members: [{ value: bob }], meta: { version: 'W/"2"' } });
  expect([await bridge.looks(), bridge.woken]).toEqual([{ [ada]: "leaver user.delete" }, ["leaver"]]);
});

test("the userName of a deleted user is free, and the new user has another id", async () => {
  const before = await createUser(bridge, "ada");
  await bridge.send("delete", `/Users/${before}`);
  expect(await createUser(bridge, "ada")).not.toBe(before);
});

test("every write leaves a line with who, which request, what, and what was before and after it", async () => {
  const created = await bridge.send("post", "/Users", { schemas: [USER], userName: "ada" }, { "X-Request-Id": "r1" });
  const subject = (created.body as { id: string }).id;
  const operations = patchOf({ op: "add", path: "title", value: "Countess" });
  await bridge.send("patch", `/Users/${subject}`, operations, { "X-Request-Id": "r2" });
  await bridge.send("delete", `/Users/${subject}`, undefined, { "X-Request-Id": "r3" });
  const line = { at: "2026-01-01T00:00:00.000Z", actor: "idp", subject };
  expect(bridge.audit).toEqual([
    {
      ...line,
      requestId: "r1",
      action: "user.create",
      detail: { active: true, after: { active: true, userName: "ada" } },
    },
    { ...line, requestId: "r2", action: "user.patch", detail: { changed: ["title"], active: true } },
    {
      ...line,
      requestId: "r3",
      action: "user.delete",
      detail: { groups: [], before: { active: true, userName: "ada" } },
    },
  ]);
});

describe("versions", () => {
  test.each(['W/"1"', '"1"', "*", 'W/"7", W/"1"'])("If-Match %s lets a write pass", async (tag) => {
    const id = await createUser(bridge, "ada");
    const operations = patchOf({ op: "add", path: "title", value: "x" });
    const patched = await bridge.send("patch", `/Users/${id}`, operations, { "If-Match": tag });
    expect([patched.status, patched.headers["etag"]]).toEqual([200, 'W/"2"']);
  });

  test.each([
    ["put", { schemas: [USER], userName: "eve" }],
    ["patch", patchOf({ op: "add", path: "title", value: "x" })],
    ["delete", undefined],
  ] as const)("a stale If-Match stops %s", async (method, sent) => {
    const id = await createUser(bridge, "ada");
    const refused = await bridge.send(method, `/Users/${id}`, sent, { "If-Match": 'W/"0", W/"2"' });
    expect([refused.status, refused.body]).toMatchObject([412, { status: "412" }]);
    expect(await body(`/Users/${id}`)).toMatchObject({ userName: "ada", meta: { version: 'W/"1"' } });
  });

  test("If-None-Match spares an unchanged user", async () => {
    const id = await createUser(bridge, "ada");
    const same = await bridge.send("get", `/Users/${id}`, undefined, { "If-None-Match": 'W/"1"' });
    expect([same.status, same.headers["content-type"]]).toEqual([304, undefined]);
    // What fetch sends along with If-None-Match.
    const headers = { "If-None-Match": '"0", "1"', "Cache-Control": "no-cache", Pragma: "no-cache" };
    expect((await bridge.send("get", `/Users/${id}`, undefined, headers)).status).toBe(304);
    await bridge.send("patch", `/Users/${id}`, patchOf({ op: "add", path: "title", value: "x" }));
    const changed = await bridge.send("get", `/Users/${id}`, undefined, { "If-None-Match": 'W/"1"' });
    expect(changed.status).toBe(200);
  });
});
