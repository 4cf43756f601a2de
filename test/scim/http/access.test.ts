import { once } from "node:events";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ERROR, openBridge, TOKEN, type Bridge } from "./bridge.js";

let bridge: Bridge;
beforeAll(async () => {
  bridge = await openBridge({
    tokens: [
      { name: "old", value: TOKEN },
      { name: "new", value: "another" },
    ],
  });
});
afterAll(() => bridge.close());

describe("who may come in", () => {
  test.each([
    ["Bearer", `Bearer ${TOKEN}`],
    ["any letter case of the scheme", `bEARER ${TOKEN}`],
    ["the bare token, as Okta's header authentication sends it", TOKEN],
    ["a second token that is live at the same time", "Bearer another"],
  ])("%s", async (_name, Authorization) => {
    expect((await bridge.send("get", "/Users", undefined, { Authorization })).status).toBe(200);
  });

  test.each([
    ["no header", ""],
    ["a wrong token", "Bearer wrong"],
    ["a part of the token", `Bearer ${TOKEN.slice(0, -1)}`],
    ["another letter case", `Bearer ${TOKEN.toUpperCase()}`],
    ["another scheme", `Basic ${TOKEN}`],
    ["the scheme alone", "Bearer"],
    ["two tokens", `Bearer ${TOKEN} another`],
  ])("not %s", async (_name, Authorization) => {
    const response = await bridge.send("get", "/Users", undefined, { Authorization });
    expect(response.status).toBe(401);
    expect(response.headers["www-authenticate"]).toMatch(/^Bearer realm="scim"/);
    expect(response.headers["content-type"]).toBe("application/scim+json; charset=utf-8");
    expect(response.body).toMatchObject({ schemas: [ERROR], status: "401" });
  });

  test("the answer to a wrong token does not wait for the body", async () => {
    const headers = { Authorization: "Bearer wrong", "Content-Length": 1_000_000_000 };
    const sending = request(`${bridge.url}/Users`, { method: "POST", headers });
    sending.on("error", () => undefined);
    sending.write("{");
    const [response] = (await once(sending, "response")) as [{ statusCode: number }];
    expect(response.statusCode).toBe(401);
    sending.destroy();
  });

  test("discovery asks for the token too", async () => {
    const response = await bridge.send("get", "/ServiceProviderConfig", undefined, { Authorization: "Bearer wrong" });
    expect(response.status).toBe(401);
  });
});

test.each(["/Users", "/Users/nobody", "/Schemas"])("no cache on the way keeps %s", async (path) => {
  expect((await bridge.send("get", path)).headers["cache-control"]).toBe("no-store");
});

describe("request id and event", () => {
  test("an id that is sent is echoed, an unusable one replaced", async () => {
    const kept = await bridge.send("get", "/Users", undefined, { "X-Request-Id": "abc-1_2" });
    expect(kept.headers["x-request-id"]).toBe("abc-1_2");
    const replaced = await bridge.send("get", "/Users", undefined, { "X-Request-Id": "a b" });
    expect(replaced.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ["/Users/secret-id?filter=x", "/Users/:id"],
    ["/users/secret-id/", "/Users/:id"],
    ["/Groups", "/Groups"],
    ["/Schemas/urn:x", "/Schemas/:id"],
    ["/elsewhere/secret-id", "(unknown)"],
    ["/Users/a/secret-id", "(unknown)"],
  ])("%s is reported as %s", async (path, route) => {
    bridge.events.length = 0;
    const { status } = await bridge.send("get", path, undefined, { "X-Request-Id": "r1" });
    expect(bridge.events).toEqual([
      { kind: "scim-request", requestId: "r1", method: "GET", route, status, durationMs: 0, token: "old" },
    ]);
  });

  test("who was not let in is reported without a token", async () => {
    bridge.events.length = 0;
    await bridge.send("get", "/Users", undefined, { Authorization: "" });
    expect(bridge.events).toMatchObject([{ kind: "scim-request", status: 401, token: undefined }]);
  });
});
