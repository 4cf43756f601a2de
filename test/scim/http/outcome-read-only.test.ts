// The outcome is ours to say: what a client sends for it is ignored, and it is no part of the user's version.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { LABEL_STUDIO_EXTENSION as OUTCOME } from "../../../src/directory/index.js";
import { outcome } from "../../conformance/records.js";
import { BASE, createUser, openBridge, patchOf, USER, type Bridge } from "./bridge.js";

let bridge: Bridge;
let id: string;
beforeEach(async () => {
  bridge = await openBridge();
  id = await createUser(bridge, "ada");
});
afterEach(() => bridge.close());

const settle = async (state: "converged" | "failing") => {
  for (const claim of await bridge.store.work.claim(["change"], 1, 1_000, bridge.time.now + 60_000))
    await bridge.store.work.settle(claim, outcome(state, { at: new Date(bridge.time.now).toISOString() }));
};
const shown = async () => (await bridge.send("get", `/Users/${id}?attributes=${OUTCOME}`)).body as object;

const FORGED = { role: "OW", state: "converged", whatever: 1 };
const URN = OUTCOME.toUpperCase();

test.each([
  ["a key of a PATCH value", { op: "replace", value: { [OUTCOME]: FORGED } }],
  ["a key in other letters", { op: "add", value: { [URN]: FORGED } }],
  ["a key with its attribute", { op: "add", value: { [`${OUTCOME}:role`]: "OW" } }],
  ["a key that is no object", { op: "add", value: { [OUTCOME]: "OW" } }],
  ["the whole as path", { op: "add", path: OUTCOME, value: FORGED }],
  ["the whole as path, no object", { op: "replace", path: URN, value: "OW" }],
  ["an attribute as path", { op: "replace", path: `${OUTCOME}:role`, value: "OW" }],
  ["an attribute that it has not", { op: "replace", path: `${OUTCOME}:whatever`, value: "OW" }],
  ["removing an attribute", { op: "remove", path: `${URN}:desiredROLE` }],
  ["removing the whole", { op: "remove", path: OUTCOME }],
])("%s is ignored", async (_name, operation) => {
  await settle("converged");
  const before = await shown();
  const patched = await bridge.send("patch", `/Users/${id}`, patchOf(operation));
  expect([patched.status, patched.headers["etag"]]).toEqual([200, 'W/"1"']);
  expect(patched.body).not.toHaveProperty([OUTCOME]);
  expect(patched.body).toMatchObject({ schemas: [USER] });
  expect([await shown(), await bridge.looks()]).toEqual([before, {}]);
});

test("in POST and PUT it is ignored, and so is its name in schemas", async () => {
  const sent = { schemas: [USER, OUTCOME], userName: "bob", [URN]: FORGED };
  const created = await bridge.send("post", "/Users", sent);
  expect([created.status, created.body]).toMatchObject([201, { schemas: [USER] }]);
  const bob = (created.body as { id: string }).id;
  const replaced = await bridge.send("put", `/Users/${bob}`, { ...sent, [OUTCOME]: FORGED });
  expect([replaced.status, replaced.headers["etag"]]).toEqual([200, 'W/"1"']);
  const stored = JSON.stringify((await bridge.store.directory.user(bob))?.attributes);
  expect(stored).not.toMatch(/labelstudio/i);
  expect(stored).not.toContain("OW");
});

test("whatever becomes of a user, its version stays, with If-None-Match and If-Match", async () => {
  const before = await bridge.send("get", `/Users/${id}`);
  await settle("failing");
  const asked = await bridge.send("get", `/Users/${id}?attributes=meta,${OUTCOME}`);
  expect(asked.body).toMatchObject({
    meta: (before.body as { meta: object }).meta,
    [OUTCOME]: { state: "failing", changedAt: "2026-01-01T00:00:00.000Z" },
  });
  expect(asked.headers["etag"]).toBe('W/"1"');
  const same = await bridge.send("get", `/Users/${id}`, undefined, { "If-None-Match": 'W/"1"' });
  expect(same.status).toBe(304);
  const title = patchOf({ op: "add", path: "title", value: "x" });
  expect((await bridge.send("patch", `/Users/${id}`, title, { "If-Match": 'W/"1"' })).status).toBe(200);
});

test("who waits for nothing and was never looked at has none", async () => {
  await bridge.looks();
  expect(await shown()).toEqual({ schemas: [USER], id });
});

test("discovery describes it for strict clients", async () => {
  const response = await bridge.send("get", `/Schemas/${OUTCOME}`);
  const { attributes, ...schema } = response.body as { attributes: Record<string, unknown>[] };
  expect(schema).toEqual({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
    id: OUTCOME,
    name: "LabelStudioUser",
    description: expect.stringContaining("read-only") as unknown,
    meta: { resourceType: "Schema", location: `${BASE}/Schemas/${OUTCOME}` },
  });
  expect(attributes.map(({ name, type }) => `${String(name)} ${String(type)}`)).toEqual([
    "state string",
    "role string",
    "desiredRole string",
    "reason string",
    "lastError string",
    "warning string",
    "userId integer",
    "changedAt dateTime",
  ]);
  for (const { description, name, type, canonicalValues, ...characteristics } of attributes) {
    expect(characteristics).toEqual({
      multiValued: false,
      required: false,
      mutability: "readOnly",
      returned: "request",
      uniqueness: "none",
      ...(type === "string" ? { caseExact: false } : {}),
    });
    expect(String(description).length).toBeGreaterThan(10);
    expect(canonicalValues !== undefined).toBe(name === "state");
  }
});
