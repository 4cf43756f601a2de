import { expect, test } from "@jest/globals";
import { BridgeError } from "../../../src/errors.js";
import type { Transaction } from "../../../src/ports.js";
import { createGroup, createUser, openBridge, patchOf, USER, type Intercept } from "./bridge.js";

test("50 parallel PATCHes of one group lose no member", async () => {
  const bridge = await openBridge();
  const ids = await Promise.all(Array.from({ length: 50 }, (_, n) => createUser(bridge, `user-${n}`)));
  const group = await createGroup(bridge, "G");
  await bridge.looks();
  const add = (id: string) => patchOf({ op: "add", path: "members", value: [{ value: id }] });
  const answers = await Promise.all(
    ids.map(async (id) => (await bridge.send("patch", `/Groups/${group}`, add(id))).status),
  );
  expect(new Set(answers)).toEqual(new Set([204]));
  const read = await bridge.send("get", `/Groups/${group}`);
  const { members, meta } = read.body as { members: { value: string }[]; meta: { version: string } };
  expect(members.map((member) => member.value).sort()).toEqual([...ids].sort());
  expect(meta.version).toBe('W/"51"');
  expect(Object.keys(await bridge.looks()).sort()).toEqual([...ids].sort());
  await bridge.close();
});

test("parallel PATCHes of different attributes of one user all stay", async () => {
  const bridge = await openBridge();
  const id = await createUser(bridge, "ada");
  const paths = ["title", "nickName", "locale", "timezone", "userType", "displayName"];
  await Promise.all(
    paths.map((path) => bridge.send("patch", `/Users/${id}`, patchOf({ op: "add", path, value: path })).then()),
  );
  const read = await bridge.send("get", `/Users/${id}`);
  expect(read.body).toMatchObject(Object.fromEntries(paths.map((path) => [path, path])));
  await bridge.close();
});

test("50 in flight on one group and one user, between them reads and deletions: each counts, nothing dangles", async () => {
  const bridge = await openBridge();
  const people = await Promise.all(Array.from({ length: 40 }, (_, n) => createUser(bridge, `user-${n}`)));
  const ada = await createUser(bridge, "ada");
  const [stay, leave, die] = [people.slice(0, 15), people.slice(15, 25), people.slice(25)];
  const group = `/Groups/${await createGroup(bridge, "G", leave)}`;
  const add = patchOf({ op: "add", path: "members", value: [...stay, ...die].map((value) => ({ value })) });
  const removal = (id: string) => patchOf({ op: "remove", path: `members[value eq "${id}"]` });
  const email = (at: number) => patchOf({ op: "add", path: "emails", value: [{ value: `${at}@x`, primary: true }] });
  const status = async (...[method, path, body]: Parameters<typeof bridge.send>) =>
    (await bridge.send(method, path, body)).status;
  const answers = await Promise.all([
    status("patch", group, add),
    ...leave.map((id) => status("patch", group, removal(id))),
    ...die.map((id) => status("delete", `/Users/${id}`)),
    ...Array.from({ length: 12 }, (_, at) => status("patch", `/Users/${ada}`, email(at))),
    ...Array.from({ length: 6 }, () => status("get", group)),
    ...Array.from({ length: 6 }, () => status("get", "/Users?count=200")),
  ]);
  expect(answers).toHaveLength(50);
  expect(new Set(answers)).toEqual(new Set([200, 204]));
  const { members } = (await bridge.send("get", group)).body as { members: { value: string }[] };
  expect(members.map(({ value }) => value).sort()).toEqual([...stay].sort());
  const { emails } = (await bridge.send("get", `/Users/${ada}`)).body as { emails: { primary: boolean }[] };
  expect([emails.length, emails.filter(({ primary }) => primary).length]).toEqual([12, 1]);
  await bridge.close();
});

test("of several creations and deletions of one name at once each answer is true", async () => {
  const bridge = await openBridge();
  for (let round = 0; round < 5; round++) {
    const created = await Promise.all(
      Array.from({ length: 10 }, () => bridge.send("post", "/Users", { schemas: [USER], userName: "ada" })),
    );
    expect(created.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    const id = (created.find(({ status }) => status === 201)?.body as { id: string }).id;
    const deleted = await Promise.all(Array.from({ length: 5 }, () => bridge.send("delete", `/Users/${id}`)));
    expect(deleted.map(({ status }) => status).sort()).toEqual([204, 404, 404, 404, 404]);
  }
  await bridge.close();
});

test("of two parallel creations of one userName one is refused", async () => {
  const bridge = await openBridge();
  const create = async (userName: string) =>
    (await bridge.send("post", "/Users", { schemas: [USER], userName })).status;
  expect((await Promise.all([create("ada@acme.example"), create("ADA@acme.example")])).sort()).toEqual([201, 409]);
  await bridge.close();
});

/** Another process that wins the race this many times. */
const lostRaces = (times: number): Intercept => {
  let left = times;
  return (tx: Transaction) => ({
    putUser: (next, seen) =>
      left-- > 0 ? Promise.reject(new BridgeError("VERSION_CONFLICT", "lost the race")) : tx.putUser(next, seen),
  });
};

const title = patchOf({ op: "add", path: "title", value: "x" });

test("a lost race is read and computed again, and leaves its lines once", async () => {
  const bridge = await openBridge({}, lostRaces(3));
  const id = await createUser(bridge, "ada");
  expect((await bridge.send("patch", `/Users/${id}`, title)).status).toBe(200);
  expect(bridge.audit.map((line) => line.action)).toEqual(["user.create", "user.patch"]);
  await bridge.close();
});

test("a race lost for ever is 503, and 412 for who named a version", async () => {
  const bridge = await openBridge({}, lostRaces(Infinity));
  const id = await createUser(bridge, "ada");
  expect((await bridge.send("patch", `/Users/${id}`, title)).status).toBe(503);
  expect((await bridge.send("patch", `/Users/${id}`, title, { "If-Match": 'W/"1"' })).status).toBe(412);
  await bridge.close();
});

test("bridges in one process do not mix", async () => {
  const [one, two] = [await openBridge(), await openBridge({ publicUrl: () => "https://two.example" })];
  const ids = { one: await createUser(one, "ada"), two: await createUser(two, "bob") };
  const rounds = Array.from({ length: 20 }, async () => {
    const [first, second, schemas] = await Promise.all([
      one.send("get", `/Users/${ids.one}`),
      two.send("get", `/Users/${ids.two}`),
      two.send("get", "/Schemas"),
    ]);
    expect(first.body).toMatchObject({ meta: { location: `https://scim.example.com/scim/v2/Users/${ids.one}` } });
    expect(second.body).toMatchObject({ meta: { location: `https://two.example/scim/v2/Users/${ids.two}` } });
    expect(JSON.stringify(schemas.body)).not.toContain("https://scim.example.com");
  });
  await Promise.all(rounds);
  expect((await one.send("get", `/Users/${ids.two}`)).status).toBe(404);
  await one.close();
  await two.close();
});
