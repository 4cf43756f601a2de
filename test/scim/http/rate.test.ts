// Requests a second of each token: off by default, 429 with Retry-After beyond.
import { describe, expect, test } from "@jest/globals";
import { trial } from "../../support/bridge.js";
import { ERROR, openBridge, TOKEN, USER } from "./bridge.js";

const user = (userName: string): object => ({ schemas: [USER], userName });

describe("requests a second", () => {
  const tokens = [
    { name: "one", value: TOKEN },
    { name: "two", value: "another" },
  ];
  const of = (token: string) => ({ Authorization: `Bearer ${token}` });

  test("as many as are set, at once or spread; the next is told when to come again and changes nothing", async () => {
    const bridge = await openBridge({ maxRps: 3, tokens });
    const create = (name: string) => bridge.send("post", "/Users", user(name));
    for (const name of ["a", "b", "c"]) expect((await create(name)).status).toBe(201);
    const refused = await create("d");
    expect([refused.status, refused.headers["retry-after"], refused.headers["content-type"]]).toEqual([
      429,
      "1",
      "application/scim+json; charset=utf-8",
    ]);
    expect(refused.body).toEqual({
      schemas: [ERROR],
      status: "429",
      detail: expect.stringContaining("more than 3 requests a second") as unknown,
    });
    expect(JSON.stringify([refused.body, bridge.events])).not.toContain(TOKEN);
    expect(bridge.events.at(-1)).toMatchObject({ kind: "scim-request", status: 429, token: "one" });
    bridge.time.now += 333;
    expect((await create("d")).status).toBe(429);
    bridge.time.now += 1;
    expect((await create("d")).status).toBe(201);
    expect((await create("e")).status).toBe(429);
    // A second's worth is saved up at most.
    bridge.time.now += 60_000;
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await bridge.send("get", "/Users?count=0")).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    await bridge.close();
  });

  test("each token has its own share, and who has none uses up nobody's", async () => {
    const bridge = await openBridge({ maxRps: 1, tokens });
    for (let n = 0; n < 3; n++) expect((await bridge.send("get", "/Users", undefined, of("wrong"))).status).toBe(401);
    expect((await bridge.send("get", "/Users")).status).toBe(200);
    expect((await bridge.send("get", "/Users")).status).toBe(429);
    expect((await bridge.send("get", "/Users", undefined, of("another"))).status).toBe(200);
    await bridge.close();
  });

  test("less than one a second, and a clock that is set back", async () => {
    const bridge = await openBridge({ maxRps: 0.1 });
    expect((await bridge.send("get", "/Users")).status).toBe(200);
    bridge.time.now -= 3_600_000;
    const refused = await bridge.send("get", "/Users");
    expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "10"]);
    bridge.time.now += 10_000;
    expect((await bridge.send("get", "/Users")).status).toBe(200);
    await bridge.close();
  });

  test("a body that is refused leaves the connection usable", async () => {
    const bridge = await openBridge({ maxRps: 0.001 });
    const post = () =>
      fetch(`${bridge.url}/Users`, {
        method: "POST",
        headers: { ...of(TOKEN), "Content-Type": "application/scim+json" },
        body: JSON.stringify(user("x".repeat(900_000))),
      });
    expect((await post()).status).toBe(400);
    for (let n = 0; n < 3; n++) expect((await post()).status).toBe(429);
    await bridge.close();
  });

  test("SCIM_MAX_RPS sets it; by default there is none", async () => {
    const bridge = await trial();
    const ask = async () => (await bridge.scim("GET", "/Users?count=0")).status;
    const unlimited = await Promise.all(Array.from({ length: 50 }, ask));
    expect(new Set(unlimited)).toEqual(new Set([200]));
    await bridge.restart({ environment: { SCIM_MAX_RPS: "2" } });
    const limited = await Promise.all(Array.from({ length: 50 }, ask));
    expect([...new Set(limited)].sort()).toEqual([200, 429]);
    await bridge.close();
  });
});
