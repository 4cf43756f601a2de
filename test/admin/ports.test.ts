import { afterEach, describe, expect, test } from "@jest/globals";
import { readConfig } from "../../src/config.js";
import { ADMIN_TOKEN, SCIM_TOKEN, trial, type Trial } from "../support/bridge.js";
import { ask, bearer, post } from "./visit.js";

let t: Trial | undefined;
afterEach(async () => {
  await t?.close();
  t = undefined;
});

const statuses = async (url: string): Promise<Record<string, number>> => {
  const found: Record<string, number> = {};
  for (const path of ["/healthz", "/readyz", "/metrics", "/admin/api/status", "/admin", "/scim/v2/Users"]) {
    const token = path.startsWith("/scim") ? SCIM_TOKEN : ADMIN_TOKEN;
    found[path] = (await ask(`${url}${path}`, bearer(token))).status;
  }
  return found;
};

test("operators have a port of their own: nothing of theirs is at the other one", async () => {
  t = await trial({ environment: { ADMIN_PORT: "0" } });
  await t.settled();
  expect(t.adminUrl).not.toBe(t.url);
  const both = { "/healthz": 200, "/readyz": 200 };
  const operators = { "/metrics": 200, "/admin/api/status": 200, "/admin": 200 };
  expect(await statuses(t.adminUrl)).toEqual({ ...both, ...operators, "/scim/v2/Users": 404 });
  expect(await statuses(t.url)).toEqual({
    ...both,
    "/metrics": 404,
    "/admin/api/status": 404,
    "/admin": 404,
    "/scim/v2/Users": 200,
  });
});

test("without ADMIN_TOKEN there are metrics, and no /admin at all", async () => {
  t = await trial({ environment: { ADMIN_TOKEN: "", ADMIN_PORT: "0" } });
  expect((await ask(`${t.adminUrl}/metrics`)).status).toBe(200);
  for (const path of ["/admin", "/admin/login", "/admin/static/page.css"])
    expect((await ask(`${t.adminUrl}${path}`)).status).toBe(404);
});

test.each([
  [{ PUBLIC_URL: "https://scim.example.com" }, {}, true],
  [{ PUBLIC_URL: "https://scim.example.com", ADMIN_PORT: "0" }, {}, false],
  [{ TRUST_PROXY: "1" }, { "x-forwarded-proto": "https" }, true],
  [{}, { "x-forwarded-proto": "https" }, false],
])("the cookie is for https only where operators come by https: %j %j", async (environment, headers, secure) => {
  t = await trial({ environment });
  const answer = await post(`${t.adminUrl}/admin/login`, { secret: ADMIN_TOKEN }, { ...headers });
  expect(answer.headers.getSetCookie()[0]?.includes("; Secure")).toBe(secure);
});

describe("settings", () => {
  const base = {
    LABEL_STUDIO_URL: "http://127.0.0.1:1",
    LABEL_STUDIO_API_KEY: "k",
    SCIM_BEARER_TOKEN: SCIM_TOKEN,
  };
  test.each([
    [{ ADMIN_READ_TOKEN: "read-only-0123456789" }, "ADMIN_READ_TOKEN needs ADMIN_TOKEN"],
    [{ ADMIN_TOKEN, ADMIN_READ_TOKEN: "y".repeat(15) }, "ADMIN_READ_TOKEN has fewer than 16 characters"],
    [{ ADMIN_TOKEN, ADMIN_READ_TOKEN: `lsb_${"y".repeat(20)}` }, "ADMIN_READ_TOKEN is a SCIM token (lsb_…)"],
    [{ ADMIN_TOKEN, ADMIN_READ_TOKEN: ADMIN_TOKEN }, "ADMIN_READ_TOKEN is also ADMIN_TOKEN"],
    [{ ADMIN_TOKEN, ADMIN_READ_TOKEN: SCIM_TOKEN }, "or a SCIM_BEARER_TOKEN"],
    [{ ADMIN_HOST: "0.0.0.0" }, "ADMIN_HOST needs ADMIN_PORT"],
    [{ ADMIN_PORT: "70000" }, "ADMIN_PORT must be a whole number"],
  ])("%j is refused", (more, problem) => {
    const read = readConfig({ ...base, ...more });
    expect(read).toMatchObject({ kind: "problems", problems: [expect.stringContaining(problem)] });
    expect(JSON.stringify(read)).not.toContain(SCIM_TOKEN);
  });
});
