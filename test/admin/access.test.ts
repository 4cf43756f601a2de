import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ADMIN_TOKEN, SCIM_TOKEN, trial, type Trial } from "../support/bridge.js";
import { ask, bearer, cookieOf, post, READ_TOKEN, visit, type Fields } from "./visit.js";

let t: Trial;
beforeAll(async () => {
  t = await trial({ environment: { ADMIN_READ_TOKEN: READ_TOKEN } });
  await t.settled();
});
afterAll(() => t.close());

const at = (path: string): string => `${t.adminUrl}${path}`;

describe("who asks", () => {
  test.each([
    ["nobody", {}, 401],
    ["a wrong token", bearer("wrong"), 401],
    ["a SCIM token", bearer(SCIM_TOKEN), 401],
    ["another scheme", { headers: { authorization: `Basic ${ADMIN_TOKEN}` } }, 401],
    ["the operator", bearer(ADMIN_TOKEN), 200],
    ["a dashboard", bearer(READ_TOKEN), 200],
  ])("of the API: %s", async (_who, init, status) => {
    const answer = await ask(at("/admin/api/status"), init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("www-authenticate")).toBe(status === 401 ? 'Bearer realm="admin"' : null);
  });

  test("of the page: nobody is sent to the login and back to where they wanted to go", async () => {
    const sent = await ask(at("/admin/people?q=ada"));
    expect([sent.status, sent.headers.get("location")]).toEqual([303, "/admin/login?to=%2Fadmin%2Fpeople%3Fq%3Dada"]);
    const form = await ask(at(sent.headers.get("location") ?? ""));
    expect(form.text).toContain('name="to" value="/admin/people?q=ada"');
    const back = await post(at("/admin/login"), { secret: ADMIN_TOKEN, to: "/admin/people?q=ada" });
    expect([back.status, back.headers.get("location")]).toEqual([303, "/admin/people?q=ada"]);
  });

  test.each([
    "https://evil.example/admin",
    "//evil.example",
    "/admin//evil.example",
    "/admin/\\evil",
    "/admin/../scim",
    "/scim/v2",
  ])("and never to %s", async (to) => {
    const answer = await post(at("/admin/login"), { secret: ADMIN_TOKEN, to });
    expect(answer.headers.get("location")).toBe("/admin");
  });

  test("the operator's token as a bearer opens the page too", async () => {
    expect((await ask(at("/admin"), bearer(ADMIN_TOKEN))).text).toContain("<h1>Overview</h1>");
    expect((await ask(at("/admin"), bearer("wrong"))).status).toBe(401);
  });
});

describe("the session", () => {
  test("a cookie that scripts, other sites and other paths do not get", async () => {
    const answer = await post(at("/admin/login"), { secret: ADMIN_TOKEN });
    const [cookie = ""] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^scim_bridge_session=[\w.-]+; Path=\/admin; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(ADMIN_TOKEN);
  });

  test("a wrong token: 401, the form again, and no cookie", async () => {
    const answer = await post(at("/admin/login"), { secret: "wrong" });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
    expect(answer.text).toContain('role="alert"');
  });

  test("a changed cookie is none: neither another level nor another time", async () => {
    const { cookie } = await visit(t.adminUrl, READ_TOKEN);
    for (const forged of [cookie.replace("read.", "operate."), cookie.replace(/\d{6}\./, "999999."), `${cookie}x`])
      expect((await ask(at("/admin/api/status"), { headers: { cookie: forged } })).status).toBe(401);
    expect((await ask(at("/admin/api/status"), { headers: { cookie } })).status).toBe(200);
  });

  test("logging out ends it also for who has kept the cookie", async () => {
    const me = await visit(t.adminUrl);
    expect((await me.get("/admin")).status).toBe(200);
    const out = await me.submit("/admin/logout", {});
    expect(out.headers.getSetCookie()[0]).toContain("scim_bridge_session=;");
    expect((await me.get("/admin")).status).toBe(303);
  });

  test("another process with the same token takes it", async () => {
    const other = await trial();
    try {
      const me = await visit(other.adminUrl);
      expect((await ask(at("/admin"), { headers: { cookie: me.cookie } })).status).toBe(200);
    } finally {
      await other.close();
    }
  });

  test("a page that refreshes itself does not prolong it", async () => {
    const me = await visit(t.adminUrl);
    expect(cookieOf(await me.get("/admin"))).toContain("scim_bridge_session=");
    expect(cookieOf(await me.get("/admin", { "x-refresh": "1" }))).toBe("");
  });
});

describe("what a browser sends by itself decides nothing", () => {
  const paused = async (): Promise<boolean> => (await t.status()).paused !== undefined;

  test.each<[string, Fields, Fields]>([
    ["without the form's token", { token: "" }, {}],
    ["with another session's", { token: "x".repeat(43) }, {}],
    ["from another site", {}, { "sec-fetch-site": "cross-site" }],
    ["from a sibling of the site", {}, { "sec-fetch-site": "same-site" }],
    ["from another origin, told by a browser that says no more", {}, { origin: "http://evil.example" }],
    ["from an origin that is kept secret", {}, { origin: "null" }],
  ])("%s: 403", async (_how, fields, headers) => {
    const me = await visit(t.adminUrl);
    expect((await me.submit("/admin/pause", fields, headers)).status).toBe(403);
    expect(await paused()).toBe(false);
  });

  test("the API by cookie needs the token in a header; by bearer it needs none", async () => {
    const me = await visit(t.adminUrl);
    const json = { method: "POST", body: "{}" };
    const type = { "content-type": "application/json" };
    const byCookie = (headers: Fields) =>
      ask(at("/admin/api/resume"), { ...json, headers: { ...type, cookie: me.cookie, ...headers } });
    expect((await byCookie({})).status).toBe(403);
    const own = /name="token" value="([^"]+)"/.exec((await me.get("/admin")).text)?.[1] ?? "";
    expect((await byCookie({ "x-form-token": own })).status).toBe(200);
    const operator = { ...type, authorization: `Bearer ${ADMIN_TOKEN}` };
    expect((await ask(at("/admin/api/resume"), { ...json, headers: operator })).status).toBe(200);
  });

  test("from the page itself it is done", async () => {
    const me = await visit(t.adminUrl);
    const answer = await me.submit("/admin/pause", { all: "yes" }, { "sec-fetch-site": "same-origin" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/admin?done=paused"]);
    expect((await t.status()).paused).toMatchObject({ all: true });
    expect((await me.get("/admin?done=paused")).text).toContain("nothing is sent, not even deactivations");
    await me.submit("/admin/resume", {}, { origin: new URL(t.adminUrl).origin });
    expect(await paused()).toBe(false);
  });

  test.each([{ "sec-fetch-site": "cross-site" }, { origin: "http://evil.example" }])(
    "a login form from elsewhere is not taken: %j",
    async (headers) => {
      const answer = await post(at("/admin/login"), { secret: ADMIN_TOKEN }, headers);
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    },
  );
});

describe("who only reads", () => {
  test.each([
    "",
    "/people",
    "/changes",
    "/changes.csv",
    "/held",
    "/mapping",
    "/connect",
    "/api/search",
    "/api/activity",
  ])("sees /admin%s", async (path) => {
    expect((await ask(at(`/admin${path}`), bearer(READ_TOKEN))).status).toBe(200);
  });

  test("is offered nothing to decide", async () => {
    const me = await visit(t.adminUrl, READ_TOKEN);
    const { text } = await me.get("/admin");
    expect(text).toContain("read only");
    expect(text).not.toContain("/admin/pause");
    expect((await me.get("/admin/mapping")).text).not.toContain("<textarea");
  });

  test.each(["/api/pause", "/api/holds/approve", "/api/plan", "/api/forget", "/pause", "/held/decide"])(
    "and decides nothing at /admin%s: 403, by token and by session",
    async (path) => {
      const byToken = await ask(at(`/admin${path}`), { method: "POST", body: "{}", ...bearer(READ_TOKEN) });
      expect(byToken.status).toBe(403);
      expect(byToken.text).toContain("ADMIN_READ_TOKEN");
      expect((await (await visit(t.adminUrl, READ_TOKEN)).submit(`/admin${path}`, {})).status).toBe(403);
    },
  );

  test("reads metrics", async () => {
    expect((await ask(at("/metrics"), bearer(READ_TOKEN))).status).toBe(200);
  });
});

test("whatever is answered below /admin is guarded against other sites", async () => {
  for (const path of [
    "/admin/login",
    "/admin/nowhere",
    "/admin/api/status",
    "/admin/static/page.css",
    "/admin/static/no",
  ]) {
    const { headers } = await ask(at(path));
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';form-action 'self';" +
        "base-uri 'none';frame-ancestors 'none'",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toBe(
      path === "/admin/static/page.css" ? null : path.includes("static") ? null : "no-store",
    );
  }
});

test.each<[string, RequestInit, number]>([
  ["/api/pause", { method: "POST", body: "{", headers: { "content-type": "application/json" } }, 400],
  [
    "/pause",
    { method: "POST", body: "a=%ff", headers: { "content-type": "application/x-www-form-urlencoded; charset=none" } },
    415,
  ],
  [
    "/login",
    { method: "POST", body: "x".repeat(20_000), headers: { "content-type": "application/x-www-form-urlencoded" } },
    413,
  ],
  ["/static/nothing.js", {}, 404],
  ["/api/nothing", {}, 404],
  ["/nothing", {}, 404],
])("what is wrong with a request to /admin%s is said to be the sender's", async (path, init, status) => {
  const headers = { ...(init.headers as Fields), authorization: `Bearer ${ADMIN_TOKEN}` };
  expect((await ask(at(`/admin${path}`), { ...init, headers })).status).toBe(status);
});

test("what is not there says nothing of where the program is", async () => {
  const paths = ["/no.js", "/", "/..%2f..%2frouter.js", "/%00", "/page.css/x", "/%ff"];
  for (const path of paths) {
    const { status, text } = await ask(at(`/admin/static${path}`));
    expect([path, status]).toEqual([path, 404]);
    expect(text).not.toMatch(/ENOENT|ENOTDIR|dist|src/);
  }
});

test("a hundred wrong tokens a minute are told so, more are 429, and the right one is taken all the same", async () => {
  const answers = [];
  for (let n = 0; n < 110; n++) answers.push((await post(at("/admin/login"), { secret: `wrong ${n}` })).status);
  // Others of this file have failed before.
  expect(answers.slice(0, 80)).toEqual(answers.slice(0, 80).map(() => 401));
  expect(answers.at(-1)).toBe(429);
  const refused = await ask(at("/admin/api/status"), bearer("wrong"));
  expect(refused.status).toBe(429);
  const { text } = await ask(at("/metrics"));
  expect(Number(/^scim_bridge_operator_refusals_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(110);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await ask(at("/admin/api/status"), bearer(ADMIN_TOKEN))).status).toBe(200);
  expect((await post(at("/admin/login"), { secret: ADMIN_TOKEN })).status).toBe(303);
});
