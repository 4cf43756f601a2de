// What Okta and Entra send from the first test call to the deletion, and what each needs back.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { BASE, createUser, ENTERPRISE, GROUP, idOf, LIST, openBridge, patchOf, USER, type Bridge } from "./bridge.js";

let bridge: Bridge;
beforeEach(async () => {
  bridge = await openBridge();
});
afterEach(() => bridge.close());

const found = async (path: string): Promise<readonly Record<string, unknown>[]> => {
  const response = await bridge.send("get", path);
  expect(response.status).toBe(200);
  const { schemas, Resources } = response.body as { schemas: unknown; Resources: Record<string, unknown>[] };
  expect(schemas).toEqual([LIST]);
  return Resources;
};

const memberIds = async (group: string): Promise<readonly unknown[]> => {
  const response = await bridge.send("get", `/Groups/${group}`);
  return (response.body as { members: { value: unknown }[] }).members.map((member) => member.value).sort();
};

const OKTA_HEADERS = { "Content-Type": "application/scim+json; charset=utf-8", "User-Agent": "Okta SCIM Client 1.0.0" };
const OKTA_USER = {
  schemas: [USER],
  userName: "ada@acme.example",
  name: { givenName: "Ada", familyName: "Lovelace", middleName: "" },
  emails: [{ primary: true, value: "ada@acme.example", type: "work" }],
  displayName: "Ada Lovelace",
  locale: "en-US",
  externalId: "00u1",
  groups: [],
  password: "1mz050nq",
  active: true,
};

async function oktaAssigns(): Promise<string> {
  expect(await found('/Users?filter=userName eq "ada@acme.example"&startIndex=1&count=100')).toEqual([]);
  const created = await bridge.send("post", "/Users", OKTA_USER, OKTA_HEADERS);
  const id = idOf(created);
  expect(created.status).toBe(201);
  expect(created.headers).toMatchObject({ location: `${BASE}/Users/${id}`, etag: 'W/"1"' });
  expect(created.headers["content-type"]).toBe("application/scim+json; charset=utf-8");
  const at = "2026-01-01T00:00:00.000Z";
  expect(created.body).toEqual({
    schemas: [USER],
    id,
    userName: "ada@acme.example",
    name: expect.objectContaining({ givenName: "Ada", familyName: "Lovelace" }) as object,
    emails: [{ primary: true, value: "ada@acme.example", type: "work" }],
    displayName: "Ada Lovelace",
    locale: "en-US",
    externalId: "00u1",
    active: true,
    groups: [],
    meta: { resourceType: "User", created: at, lastModified: at, location: `${BASE}/Users/${id}`, version: 'W/"1"' },
  });
  expect(await bridge.looks()).toEqual({ [id]: "change user.create" });
  return id;
}

describe("Okta, wizard app: every update is a PUT", () => {
  test("test, assign, update, deactivate, reactivate", async () => {
    expect(await found("/Users?startIndex=1&count=2")).toEqual([]);
    expect(await found("/Groups?startIndex=1&count=100")).toEqual([]);
    const id = await oktaAssigns();
    expect(await found('/Users?filter=userName eq "ADA@ACME.EXAMPLE"&startIndex=1&count=100')).toHaveLength(1);

    const read = await bridge.send("get", `/Users/${id}`);
    const updated = { ...(read.body as object), title: "Countess", password: "again" };
    const put = await bridge.send("put", `/Users/${id}`, updated, OKTA_HEADERS);
    expect([put.status, put.body]).toMatchObject([200, { id, title: "Countess", meta: { version: 'W/"2"' } }]);
    expect(JSON.stringify(put.body)).not.toContain("again");
    expect(await bridge.looks()).toEqual({ [id]: "change user.replace" });

    const off = await bridge.send("put", `/Users/${id}`, { ...updated, active: false }, OKTA_HEADERS);
    expect([off.status, off.body]).toMatchObject([200, { active: false }]);
    expect(await bridge.looks()).toEqual({ [id]: "leaver user.replace" });
    expect(await found('/Users?filter=userName eq "ada@acme.example"')).toMatchObject([{ id, active: false }]);

    const on = await bridge.send("put", `/Users/${id}`, { ...updated, active: true }, OKTA_HEADERS);
    expect([on.status, on.body]).toMatchObject([200, { id, active: true }]);
    expect(await bridge.looks()).toEqual({ [id]: "change user.replace" });
  });

  test("groups by PUT with the full list", async () => {
    const [ada, bob] = [await createUser(bridge, "ada"), await createUser(bridge, "bob")];
    const group = { schemas: [GROUP], displayName: "Annotators", members: [] };
    const id = idOf(await bridge.send("post", "/Groups", group));
    await bridge.looks();
    const members = [
      { value: ada, display: "ada" },
      { value: bob, display: "bob" },
    ];
    expect((await bridge.send("put", `/Groups/${id}`, { ...group, members })).status).toBe(200);
    expect(await bridge.looks()).toEqual({ [ada]: "change group.members", [bob]: "change group.members" });
    const fewer = await bridge.send("put", `/Groups/${id}`, { ...group, members: members.slice(0, 1) });
    expect(fewer.body).toMatchObject({
      members: [{ value: ada, display: "ada", type: "User", $ref: `${BASE}/Users/${ada}` }],
    });
    expect(await bridge.looks()).toEqual({ [bob]: "change group.members" });
  });
});

describe("Okta, catalogue app: PATCH", () => {
  test("deactivate, reactivate, password", async () => {
    const id = await oktaAssigns();
    const off = await bridge.send("patch", `/Users/${id}`, patchOf({ op: "replace", value: { active: false } }));
    expect([off.status, off.body]).toMatchObject([200, { id, userName: "ada@acme.example", active: false }]);
    expect(await bridge.looks()).toEqual({ [id]: "leaver user.patch" });
    const on = await bridge.send("patch", `/Users/${id}`, patchOf({ op: "replace", value: { active: true } }));
    expect(on.body).toMatchObject({ active: true, meta: { version: 'W/"3"' } });
    await bridge.looks();
    const secret = await bridge.send(
      "patch",
      `/Users/${id}`,
      patchOf({ op: "replace", value: { password: "s3cret" } }),
    );
    expect([secret.status, secret.body]).toMatchObject([200, { meta: { version: 'W/"3"' } }]);
    expect(await bridge.looks()).toEqual({});
    expect(JSON.stringify(bridge.audit)).not.toContain("s3cret");
  });

  test("group push: create, members, rename, replace all, delete", async () => {
    const [ada, bob] = [await createUser(bridge, "ada"), await createUser(bridge, "bob")];
    expect(await found('/Groups?filter=displayName eq "LS"&startIndex=1&count=100')).toEqual([]);
    const id = idOf(await bridge.send("post", "/Groups", { schemas: [GROUP], displayName: "LS", members: [] }));
    await bridge.looks();

    const rename = { op: "replace", value: { id, displayName: "LS" } };
    const add = { op: "add", path: "members", value: [{ value: ada, display: "ada" }, { value: bob }] };
    expect((await bridge.send("patch", `/Groups/${id}`, patchOf(rename, add))).status).toBe(204);
    expect(await bridge.looks()).toEqual({ [ada]: "change group.members", [bob]: "change group.members" });
    const swap = patchOf({ op: "remove", path: `members[value eq "${ada}"]` }, { ...add, value: [{ value: bob }] });
    expect((await bridge.send("patch", `/Groups/${id}`, swap)).status).toBe(204);
    expect(await bridge.looks()).toEqual({ [ada]: "change group.members" });

    const renamed = patchOf({ op: "replace", value: { id, displayName: "LS Admins" } });
    expect((await bridge.send("patch", `/Groups/${id}`, renamed)).status).toBe(204);
    expect(await bridge.looks()).toEqual({ [bob]: "change group.patch" });
    const all = patchOf({ op: "replace", path: "members", value: [{ value: ada }] });
    expect((await bridge.send("patch", `/Groups/${id}`, all)).status).toBe(204);
    expect(await memberIds(id)).toEqual([ada]);
    expect(await bridge.looks()).toEqual({ [ada]: "change group.members", [bob]: "change group.members" });

    expect((await bridge.send("delete", `/Groups/${id}`)).status).toBe(204);
    expect(await bridge.looks()).toEqual({ [ada]: "change group.delete" });
    expect((await bridge.send("get", `/Groups/${id}`)).status).toBe(404);
    expect((await bridge.send("get", `/Users/${ada}`)).body).toMatchObject({ groups: [] });
  });
});

const ENTRA_USER = {
  schemas: [USER, ENTERPRISE],
  externalId: "adele",
  userName: "adele@acme.example",
  active: true,
  emails: [{ primary: true, type: "work", value: "adele@acme.example" }],
  meta: { resourceType: "User" },
  name: { formatted: "Adele V", familyName: "V", givenName: "Adele" },
  phoneNumbers: null,
  roles: [],
};
const ENTRA_GROUP = {
  schemas: [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
  externalId: "8aa1",
  displayName: "Reviewers",
  meta: { resourceType: "Group" },
};

interface EntraForm {
  readonly form: string;
  readonly query: string;
  readonly update: readonly object[];
  readonly active: (value: boolean) => object;
  readonly leave: (id: string) => object;
}

const ENTRA_FORMS: readonly EntraForm[] = [
  {
    form: "default",
    query: "",
    update: [
      { op: "Replace", path: "displayName", value: "Adele Vance" },
      { op: "Add", path: 'emails[type eq "other"].value', value: "av@acme.example" },
      { op: "Replace", path: `${ENTERPRISE}:department`, value: "Labels" },
    ],
    active: (value) => ({ op: "Replace", path: "active", value: value ? "True" : "False" }),
    leave: (id) => ({ op: "Remove", path: "members", value: [{ $ref: null, value: id }] }),
  },
  {
    form: "aadOptscim062020",
    query: "?aadOptscim062020",
    update: [
      { op: "replace", value: { displayName: "Adele Vance", [`${ENTERPRISE}:department`]: "Labels" } },
      { op: "add", path: 'emails[type eq "other"].value', value: "av@acme.example" },
    ],
    active: (value) => ({ op: "replace", path: "active", value }),
    leave: (id) => ({ op: "remove", path: `members[value eq "${id}"]` }),
  },
];

describe.each(ENTRA_FORMS)("Entra, $form", ({ query, update, active, leave }) => {
  test("user: match, create, update, disable, restore, delete", async () => {
    const join = query === "" ? "?" : `${query}&`;
    expect(await found(`/Users${join}filter=userName eq "0d7b2d2c-none"`)).toEqual([]);
    const created = await bridge.send("post", `/Users${query}`, ENTRA_USER);
    const id = idOf(created);
    expect([created.status, created.body]).toMatchObject([201, { externalId: "adele", active: true }]);
    expect((await bridge.send("post", `/Users${query}`, ENTRA_USER)).status).toBe(409);

    const changed = await bridge.send("patch", `/Users/${id}${query}`, patchOf(...update));
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { displayName: "Adele Vance", schemas: [USER, ENTERPRISE], [ENTERPRISE]: { department: "Labels" } },
    ]);
    expect(await found(`/Users${join}filter=emails[type eq "other"].value eq "av@acme.example"`)).toHaveLength(1);
    expect(await bridge.looks()).toEqual({ [id]: "change user.patch" });

    await bridge.send("patch", `/Users/${id}${query}`, patchOf(active(false)));
    expect(await bridge.looks()).toEqual({ [id]: "leaver user.patch" });
    expect(await found(`/Users${join}filter=externalId eq "adele"`)).toMatchObject([{ id, active: false }]);
    await bridge.send("patch", `/Users/${id}${query}`, patchOf(active(true)));
    expect((await bridge.send("get", `/Users/${id}${query}`)).body).toMatchObject({ active: true });
    await bridge.looks();

    expect((await bridge.send("delete", `/Users/${id}${query}`)).status).toBe(204);
    expect(await bridge.looks()).toEqual({ [id]: "leaver user.delete" });
    expect((await bridge.send("delete", `/Users/${id}${query}`)).status).toBe(404);
    expect((await bridge.send("get", `/Users/${id}${query}`)).status).toBe(404);
  });

  test("group: match, create, rename, members in and out", async () => {
    const join = query === "" ? "?" : `${query}&`;
    const [ada, bob] = [await createUser(bridge, "ada"), await createUser(bridge, "bob")];
    expect(await found(`/Groups${join}excludedAttributes=members&filter=displayName eq "Reviewers"`)).toEqual([]);
    const created = await bridge.send("post", `/Groups${query}`, ENTRA_GROUP);
    const id = idOf(created);
    expect([created.status, created.body]).toMatchObject([201, { schemas: [GROUP], externalId: "8aa1" }]);
    await bridge.looks();

    const add = { op: "Add", path: "members", value: [ada, bob].map((value) => ({ $ref: null, value })) };
    expect((await bridge.send("patch", `/Groups/${id}${query}`, patchOf(add))).status).toBe(204);
    expect((await bridge.send("patch", `/Groups/${id}${query}`, patchOf(add))).status).toBe(204);
    expect(await memberIds(id)).toEqual([ada, bob].sort());
    await bridge.looks();
    expect((await bridge.send("patch", `/Groups/${id}${query}`, patchOf(leave(ada)))).status).toBe(204);
    expect(await memberIds(id)).toEqual([bob]);
    expect(await bridge.looks()).toEqual({ [ada]: "change group.members" });

    const rename = patchOf({ op: "Replace", path: "displayName", value: "Seniors" });
    expect((await bridge.send("patch", `/Groups/${id}${query}`, rename)).status).toBe(204);
    const read = await bridge.send("get", `/Groups/${id}${join}excludedAttributes=members`);
    expect(read.body).toMatchObject({ displayName: "Seniors" });
    expect(read.body).not.toHaveProperty("members");
    expect((await bridge.send("delete", `/Groups/${id}${query}`)).status).toBe(204);
  });
});
