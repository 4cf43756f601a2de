// How often somebody may fail: by address, in bounded memory, and never whoever has a valid token.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Attempts } from "../../src/access/index.js";
import { fakeClock } from "../support/fake-clock.js";
import { FIXED, HEARD_MS, house, type Front, type House } from "./front.js";

const MOST = 100;

describe("over HTTP", () => {
  let here: House;
  let front: Front;
  beforeEach(async () => {
    here = await house();
    front = await here.open();
  });
  afterEach(() => here.close());

  const fail = async (times: number, address: string) => {
    const statuses = [];
    for (let n = 0; n < times; n++) statuses.push(await front.status("wrong", address));
    return new Set(statuses);
  };

  test("a hundred a minute, and then 429 with the time to wait; a valid token from the same address is let in", async () => {
    expect(await fail(MOST, "192.0.2.1")).toEqual(new Set([401]));
    expect(await fail(1, "192.0.2.1")).toEqual(new Set([429]));
    for (let n = 0; n < 20; n++)
      expect([await front.status(FIXED, "192.0.2.1"), await front.status("wrong", "192.0.2.1")]).toEqual([200, 429]);
    expect(await front.status("wrong", "192.0.2.2")).toBe(401);
    here.clock.step(60_000);
    expect(await front.status("wrong", "192.0.2.1")).toBe(401);
  });

  test("the answer is a SCIM error and says when to come again", async () => {
    for (let n = 0; n < MOST; n++) await front.scim("GET", "/Users", "wrong");
    here.clock.step(20_000);
    const { status, headers, body } = await front.scim("GET", "/Users", "wrong");
    expect([status, headers["retry-after"], headers["content-type"]]).toEqual([
      429,
      "40",
      "application/scim+json; charset=utf-8",
    ]);
    expect(body).toMatchObject({ schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "429" });
  });

  test("failures at /oauth/token count with the rest, and a client with its secret gets a token all the same", async () => {
    const client = await here.desk.createToken({ name: "entra", kind: "client", expires: "1d" });
    const other = await here.open();
    const form = (client_secret: string) => ({
      grant_type: "client_credentials",
      client_id: client.clientId ?? "",
      client_secret,
    });
    const from = { "x-forwarded-for": "192.0.2.7" };
    for (let n = 0; n < MOST; n++) expect((await other.oauth(form("wrong"), from)).status).toBe(401);
    const { status, headers, body } = await other.oauth(form("wrong"), from);
    expect([status, headers["retry-after"], body["error"]]).toEqual([429, "60", "slow_down"]);
    expect(await other.status("wrong", "192.0.2.7")).toBe(429);
    expect((await other.oauth(form(client.secret), from)).status).toBe(200);
  });
});

describe("an access token that has ended is no guess", () => {
  test("whoever sends it is told to get another, also where somebody guesses from the same address", async () => {
    const here = await house();
    const client = await here.desk.createToken({ name: "entra", kind: "client", expires: "365d" });
    const front = await here.open();
    const form = { grant_type: "client_credentials", client_id: "entra", client_secret: client.secret };
    const token = String((await front.oauth(form)).body["access_token"]);
    here.clock.step(3_600_000);
    await here.pass(HEARD_MS);
    for (let n = 0; n <= MOST; n++) await front.status("wrong");
    expect([await front.status(token), await front.status("wrong")]).toEqual([401, 429]);
    const fresh = await here.open();
    for (let n = 0; n <= MOST; n++) expect(await fresh.status(token)).toBe(401);
    expect(await fresh.status("wrong")).toBe(401);
    await here.close();
  });
});

describe("the count", () => {
  const failing = (attempts: Attempts, address: string, times: number) =>
    Array.from({ length: times }, () => attempts.failed(address)).at(-1);

  test("addresses of one line of IPv6 are one, and IPv4 is the same however it is written", () => {
    const attempts = new Attempts(fakeClock());
    failing(attempts, "2001:db8:0:1::1", MOST);
    expect(attempts.failed("2001:db8:0:1:ffff::2")).toBe(60_000);
    expect(attempts.failed("2001:db8:0:2::1")).toBe(0);
    expect(attempts.failed("2001:db8::1:0:0:0:1")).toBe(60_000);
    failing(attempts, "::ffff:192.0.2.1", MOST);
    expect(attempts.failed("192.0.2.1")).toBe(60_000);
    expect(attempts.failed("::1")).toBe(0);
    expect(attempts.failed(undefined)).toBe(0);
  });

  test("of too many addresses the one that has been quiet longest is forgotten", () => {
    const attempts = new Attempts(fakeClock());
    const address = (n: number) => `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`;
    failing(attempts, "192.0.2.1", MOST);
    failing(attempts, "192.0.2.2", MOST);
    for (let n = 0; n < 9_998; n++) attempts.failed(address(n));
    expect(attempts.failed("192.0.2.2")).toBe(60_000);
    attempts.failed(address(10_000));
    expect(attempts.failed("192.0.2.2")).toBe(60_000);
    expect(attempts.failed("192.0.2.1")).toBe(0);
  });

  test("a clock that is set back locks nobody out", () => {
    const clock = fakeClock(1_000_000);
    const attempts = new Attempts(clock);
    expect(failing(attempts, "192.0.2.1", MOST + 1)).toBe(60_000);
    clock.step(-500_000);
    expect(attempts.failed("192.0.2.1")).toBe(0);
  });
});
