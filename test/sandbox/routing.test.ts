import { describe, expect, test } from "@jest/globals";
import { isHtml404, MEMBERS, open, SEED } from "./api.js";

const ENVELOPE = ["id", "status_code", "version", "detail", "exc_info"];

describe("slashes (contract 2.0)", () => {
  test("a missing slash is repaired in-process, with method, body and query", async () => {
    const { sandbox, get, send } = await open({ seed: SEED });
    expect((await get("/api/version")).status).toBe(200);
    expect((await get("/api/organizations?ordering=id")).status).toBe(200);
    expect((await send("POST", "/api/users", { username: "b@x.example", email: "b@x.example" })).status).toBe(201);
    expect((await send("DELETE", `${MEMBERS}/3`)).status).toBe(204);
    expect(sandbox.member("ann@x.example")?.deleted).toBe(true);
    expect(sandbox.calls.map(({ status }) => status)).toEqual([200, 200, 201, 204]);
  });

  test.each([`${MEMBERS}/`, "/api/organizations/1/", "/api/current-user/whoami/", "/api/nowhere", "/", "/api/invite/"])(
    "%s is an HTML 404",
    async (path) => {
      const { get, raw } = await open();
      expect(isHtml404(await get(path))).toBe(true);
      expect(isHtml404(await raw(path))).toBe(true);
    },
  );

  test("a 404 of a slash-less route loses its JSON, of a slashed route it does not", async () => {
    const { get, send } = await open({ seed: SEED });
    expect(isHtml404(await get("/api/organizations/9"))).toBe(true);
    expect(isHtml404(await get(`${MEMBERS}?page=2`))).toBe(true);
    expect(isHtml404(await send("PATCH", MEMBERS, { user_id: 99, role: "AN" }))).toBe(true);
    for (const path of [`${MEMBERS}/99/`, `${MEMBERS}/99`, "/api/users/99/"]) {
      expect(await get(path)).toMatchObject({ status: 404, body: { status_code: 404, detail: "Not found." } });
    }
  });
});

describe("the error envelope (contract 2.1)", () => {
  test("wrong method", async () => {
    const { send, raw } = await open();
    const { status, body } = await send("PATCH", "/api/organizations/");
    expect([status, body["detail"], Object.keys(body)]).toEqual([405, 'Method "PATCH" not allowed.', ENVELOPE]);
    expect((await raw("/api/organizations/", { method: "PATCH" })).status).toBe(401);
  });

  test("malformed JSON and another media type", async () => {
    const { sandbox, raw } = await open();
    const post = (type: string, body: string) =>
      raw("/api/users/", {
        method: "POST",
        headers: { authorization: `Token ${sandbox.apiKey}`, "content-type": type },
        body,
      });
    const { status, body } = await post("application/json", "{oops");
    expect([status, Object.keys(body)]).toEqual([400, ENVELOPE]);
    expect(body["detail"]).toMatch(/^JSON parse error - /);
    expect((await post("text/plain", "{}")).status).toBe(415);
  });

  test("each has its own id", async () => {
    const { get } = await open();
    const ids = [(await get("/api/users/99/")).body["id"], (await get("/api/users/99/")).body["id"]];
    expect(new Set(ids).size).toBe(2);
  });
});

describe("requests outside the vendor's schema", () => {
  test.each([
    ["PATCH", MEMBERS, { user_id: "3", role: "RE" }, "user_id"],
    ["PATCH", MEMBERS, { user_id: 3, role: 7 }, "role"],
    ["PATCH", MEMBERS, { user_id: 3, role: "RE", email: "ann@x.example" }, "email"],
    ["PATCH", MEMBERS, { user_id: 3, role: "RE", user_type: "flex" }, "user_type"],
    ["PATCH", MEMBERS, [], "non_field_errors"],
    ["POST", "/api/users/", { username: "b", email: "b@x.example", role: "AN" }, "role"],
    ["POST", "/api/users/", { email: "b@x.example" }, "username"],
    ["POST", "/api/users/", { username: "b", email: "no address" }, "email"],
    ["POST", "/api/users/", { username: "b", email: "b@x.example", first_name: "x".repeat(257) }, "first_name"],
    ["PATCH", "/api/users/3/", { firstName: "A" }, "firstName"],
    ["POST", "/api/invite/send-email", { emails: "b@x.example", role: "AN" }, "emails"],
    ["POST", "/api/invite/revoke", {}, "email"],
    ["PATCH", "/api/organizations/1/set-default-role", { role: "NO" }, "role"],
  ])("%s %s %j is 400 and recorded", async (method, path, body, field) => {
    const { sandbox, send } = await open({ seed: SEED });
    const before = sandbox.members();
    expect(await send(method, path, body)).toMatchObject({
      status: 400,
      body: { detail: "Validation error", validation_errors: { [field]: [expect.any(String)] } },
    });
    expect(sandbox.calls).toMatchObject([{ method, path, body, status: 400, fault: "schema" }]);
    expect(sandbox.members()).toEqual(before);
  });
});

test("calls are recorded in order, with query and body", async () => {
  let nowMs = 5000;
  const { sandbox, get, send } = await open({ seed: SEED, now: () => nowMs++ });
  await get(`${MEMBERS}?page=1&search=a%2Bb`);
  await send("PATCH", MEMBERS, { user_id: 3, role: "RE" });
  expect(sandbox.calls).toMatchObject([
    { method: "GET", path: MEMBERS, query: { page: "1", search: "a+b" }, body: undefined, status: 200 },
    { method: "PATCH", path: MEMBERS, query: {}, body: { user_id: 3, role: "RE" }, status: 200 },
  ]);
  expect(sandbox.calls.every(({ fault }) => fault === undefined)).toBe(true);
  expect(sandbox.calls[1]?.at).toBeGreaterThan(sandbox.calls[0]?.at ?? Infinity);
  sandbox.clearCalls();
  expect(sandbox.calls).toEqual([]);
});
