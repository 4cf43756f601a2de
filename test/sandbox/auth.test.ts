import { describe, expect, test } from "@jest/globals";
import { open, type Api, type Reply } from "./api.js";

const WHOAMI = "/api/current-user/whoami";
const as = (api: Api, authorization: string) => api.raw(WHOAMI, { headers: { authorization } });
const refresh = (api: Api, body: unknown) =>
  api.raw("/api/token/refresh/", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const facts = ({ status, headers, body }: Reply) => [status, headers.get("www-authenticate"), body["detail"]];
const MISSING = [401, "Token", "Authentication credentials were not provided."];

describe("a legacy token", () => {
  test("admits, also as X-Api-Key; nothing else does", async () => {
    const api = await open();
    expect((await as(api, `Token ${api.sandbox.apiKey}`)).status).toBe(200);
    expect((await api.raw(WHOAMI, { headers: { "x-api-key": api.sandbox.apiKey } })).status).toBe(200);
    expect(facts(await api.raw(WHOAMI))).toEqual(MISSING);
    expect(facts(await as(api, "Token wrong"))).toEqual([401, "Token", "Invalid token."]);
    expect(facts(await as(api, `Bearer ${api.sandbox.apiKey}`))).toEqual(MISSING);
    expect(facts(await refresh(api, { refresh: api.sandbox.apiKey }))[0]).toBe(401);
  });

  test("revoked it is refused, restored it is admitted", async () => {
    const { sandbox, get } = await open();
    sandbox.revokeKey();
    expect(facts(await get(WHOAMI))).toEqual([401, "Token", "Invalid token."]);
    sandbox.restoreKey();
    expect((await get(WHOAMI)).status).toBe(200);
  });
});

describe("a personal access token", () => {
  const claims = (jwt: string): unknown =>
    JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString()) as unknown;

  test("is a JWT that gives access tokens, and access tokens really expire", async () => {
    let nowMs = 1_800_000_000_000;
    const api = await open({ personalAccessToken: true, now: () => nowMs });
    expect(claims(api.sandbox.apiKey)).toMatchObject({ token_type: "refresh" });
    const { status, body } = await refresh(api, { refresh: api.sandbox.apiKey });
    const access = String(body["access"]);
    expect([status, claims(access)]).toEqual([
      200,
      expect.objectContaining({ token_type: "access", exp: 1_800_000_300 }),
    ]);
    nowMs += 299_999;
    expect((await as(api, `Bearer ${access}`)).status).toBe(200);
    nowMs += 1;
    expect(facts(await as(api, `Bearer ${access}`))).toEqual(MISSING);
  });

  test("does not authenticate by itself, and a forged access token neither", async () => {
    const api = await open({ personalAccessToken: true });
    const forged = `${api.sandbox.apiKey.split(".").slice(0, 2).join(".")}.AAAA`;
    expect(facts(await as(api, `Bearer ${api.sandbox.apiKey}`))).toEqual(MISSING);
    expect(facts(await as(api, `Bearer ${forged}`))).toEqual(MISSING);
    expect(facts(await as(api, `Token ${api.sandbox.apiKey}`))).toEqual([401, "Token", "Invalid token."]);
  });

  test("refresh: invalid and revoked are 401, absent is a validation error", async () => {
    const api = await open({ personalAccessToken: true });
    const { body } = await refresh(api, { refresh: api.sandbox.apiKey });
    const invalid = [401, 'Bearer realm="api"', "Token is invalid or expired"];
    expect(facts(await refresh(api, { refresh: "a.b.c" }))).toEqual(invalid);
    expect(await refresh(api, {})).toMatchObject({
      status: 400,
      body: { detail: "Validation error", validation_errors: { refresh: ["This field is required."] } },
    });
    api.sandbox.revokeKey();
    expect(facts(await refresh(api, { refresh: api.sandbox.apiKey }))[2]).toBe("Token is blacklisted");
    expect(facts(await as(api, `Bearer ${String(body["access"])}`))).toEqual(MISSING);
  });
});

test("the role of the key's owner decides what is permitted", async () => {
  const { sandbox, get, send } = await open();
  const attempts = async () =>
    Promise.all([
      get("/api/organizations/1"),
      get("/api/invite"),
      send("PATCH", "/api/organizations/1/memberships", { user_id: 10, role: "RE" }),
    ]).then((replies) => replies.map(({ status }) => status));
  const { email } = sandbox.keyOwner();
  expect(await attempts()).toEqual([200, 200, 200]);
  sandbox.setRole(email, "MA");
  expect(await attempts()).toEqual([200, 200, 403]);
  sandbox.setRole(email, "AN");
  expect(await attempts()).toEqual([403, 403, 403]);
  expect((await get("/api/current-user/whoami")).body["permissions"]).toEqual([]);
  sandbox.setRole(email, "AD");
  sandbox.removeMember(email);
  expect(await attempts()).toEqual([403, 403, 403]);
  expect((await get("/api/organizations/")).text).toBe("[]");
});
