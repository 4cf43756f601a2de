import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { LABEL_STUDIO_EXTENSION } from "../../../src/directory/index.js";
import { BASE, createUser, ENTERPRISE, GROUP, LIST, openBridge, patchOf, USER, type Bridge } from "./bridge.js";

const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

let bridge: Bridge;
beforeAll(async () => {
  // The second one in this process: its registries are the first one's.
  await (await openBridge()).close();
  bridge = await openBridge();
});
afterAll(() => bridge.close());

describe("discovery", () => {
  test("ServiceProviderConfig is complete, with what is accepted as authentication", async () => {
    const response = await bridge.send("get", "/ServiceProviderConfig");
    expect(response.body).toMatchObject({
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
      patch: { supported: true },
      bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1024 * 1024 },
      filter: { supported: true, maxResults: 200 },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: true },
      meta: { resourceType: "ServiceProviderConfig", location: `${BASE}/ServiceProviderConfig` },
    });
    const { authenticationSchemes } = response.body as { authenticationSchemes: unknown[] };
    expect(authenticationSchemes).toMatchObject([
      { type: "oauthbearertoken", name: "OAuth Bearer Token" },
      { type: "oauth2", description: expect.stringContaining("POST /oauth/token") },
    ]);
  });

  test("Schemas: the list and each one", async () => {
    const read = await bridge.send("get", "/Schemas");
    const { Resources, ...list } = read.body as { Resources: { id: string }[] };
    expect(list).toEqual({ schemas: [LIST], totalResults: 4, startIndex: 1, itemsPerPage: 4 });
    expect(Resources.map((schema) => schema.id).sort()).toEqual(
      [GROUP, USER, ENTERPRISE, LABEL_STUDIO_EXTENSION].sort(),
    );
    expect(JSON.stringify(Resources)).not.toContain(":null");
    for (const schema of Resources)
      expect((await bridge.send("get", `/Schemas/${schema.id}`)).body).toEqual({
        ...schema,
        meta: { resourceType: "Schema", location: `${BASE}/Schemas/${schema.id}` },
      });
  });

  test("ResourceTypes: the list and each one", async () => {
    const read = await bridge.send("get", "/ResourceTypes");
    expect(read.body).toMatchObject({ totalResults: 2, Resources: [{ id: "User" }, { id: "Group" }] });
    expect((await bridge.send("get", "/ResourceTypes/User")).body).toMatchObject({
      endpoint: "/Users",
      schema: USER,
      schemaExtensions: [
        { schema: ENTERPRISE, required: false },
        { schema: LABEL_STUDIO_EXTENSION, required: false },
      ],
      meta: { location: `${BASE}/ResourceTypes/User` },
    });
  });
});

describe("Bulk", () => {
  const send = async (Operations: readonly unknown[], more: object = {}) => {
    const response = await bridge.send("post", "/Bulk", { schemas: [BULK], Operations, ...more });
    return {
      status: response.status,
      operations: (response.body as { Operations: Record<string, unknown>[] }).Operations,
    };
  };

  test("creates, refers to what it created, patches and deletes", async () => {
    const { status, operations } = await send([
      { method: "post", path: "/Users", bulkId: "u", data: { schemas: [USER], userName: "bulk-ada" } },
      {
        method: "POST",
        path: "/Groups",
        bulkId: "g",
        data: { schemas: [GROUP], displayName: "bulk", members: [{ value: "bulkId:u" }] },
      },
    ]);
    expect([status, operations.map((operation) => operation["status"])]).toEqual([200, ["201", "201"]]);
    const [user, group] = operations.map((operation) => String(operation["location"]).slice(BASE.length));
    const read = await bridge.send("get", group ?? "");
    expect(read.body).toMatchObject({ members: [{ $ref: `${BASE}${user}` }] });
    const rename = patchOf({ op: "replace", path: "displayName", value: "bulk 2" });
    const after = await send([
      { method: "PATCH", path: group, data: rename },
      { method: "DELETE", path: user },
    ]);
    expect(after.operations).toMatchObject([
      { status: "204", location: `${BASE}${group}` },
      { status: "204", location: `${BASE}${user}` },
    ]);
  });

  test("each operation is refused as it would be alone", async () => {
    const id = await createUser(bridge, "bulk-taken");
    const { status, operations } = await send([
      { method: "POST", path: "/Users", bulkId: "a", data: { schemas: [USER], userName: "BULK-taken" } },
      { method: "DELETE", path: "/Users/nobody" },
      { method: "PATCH", path: `/Users/${id}`, data: patchOf({ op: "replace", path: "emails[", value: "x" }) },
      { method: "PATCH", path: `/Users/${id}`, data: patchOf({ op: "replace", path: "title", value: "x" }) },
    ]);
    expect(status).toBe(200);
    expect(operations).toMatchObject([
      { status: "409", response: { scimType: "uniqueness" } },
      { status: "404" },
      { status: "400", response: { scimType: "invalidPath" } },
      { status: "200" },
    ]);
  });
});
