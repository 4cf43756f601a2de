// Tokens that operators make and revoke while the bridge runs.
import { readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { onPostgres } from "../support/database.js";
import { ask } from "../support/postgres/database.js";
import { FIXED, HEARD_MS, house, type Front, type House } from "./front.js";

const DAY_MS = 86_400_000;
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";

let here: House;
beforeEach(async () => {
  here = await house();
});
afterEach(() => here.close());

const make = async (name: string, expires = "365d") => here.desk.createToken({ name, kind: "token", expires });
const revoke = (which: string) => here.desk.revokeToken(which, false);

test("made, used and revoked while two processes run on one store: both hear of it within seconds", async () => {
  const [one, two] = [await here.open(), await here.open()];
  const okta = await make("okta");
  expect(okta.secret).toMatch(/^lsb_[0-9a-f]{12}_[\w-]{43}$/);
  expect([await one.status(okta.secret), await two.status(okta.secret)]).toEqual([401, 401]);
  await here.pass(HEARD_MS);
  expect([await one.status(okta.secret), await two.status(okta.secret)]).toEqual([200, 200]);
  expect(await revoke(okta.id)).toMatchObject([{ id: okta.id, name: "okta" }]);
  await here.pass(HEARD_MS);
  expect([await one.status(okta.secret), await two.status(okta.secret)]).toEqual([401, 401]);
  expect([await one.status(FIXED), await two.status(FIXED)]).toEqual([200, 200]);
  expect(await revoke(okta.id)).toEqual([]);
});

test("exchanged: both of a name are let in until the old one is revoked; a third is refused", async () => {
  const old = await make("okta");
  here.clock.step(1);
  const next = await make("okta");
  const front = await here.open();
  expect([await front.status(old.secret), await front.status(next.secret)]).toEqual([200, 200]);
  await expect(make("okta")).rejects.toMatchObject({ code: "UNIQUENESS" });
  await expect(revoke("okta")).rejects.toMatchObject({
    code: "UNIQUENESS",
    message: expect.stringContaining(`${old.id}, ${next.id}`),
  });
  await revoke(old.id);
  await here.pass(HEARD_MS);
  expect([await front.status(old.secret), await front.status(next.secret)]).toEqual([401, 200]);
  expect(await here.desk.revokeToken("okta", true)).toHaveLength(1);
});

test.each(["okta!", "Okta", "", "-x", "x".repeat(64), "environment-1", "workload-identity", "operator"])(
  "%j is no name for one",
  async (name) => {
    await expect(make(name)).rejects.toMatchObject({ code: "INVALID_VALUE" });
  },
);

test.each(["", "0d", "1s", "3651d", "1y", "soon"])("%j is no time to last", async (expires) => {
  await expect(make("okta", expires)).rejects.toMatchObject({ code: "INVALID_VALUE" });
});

describe("nothing but the whole token is let in", () => {
  test.each<readonly [string, (secret: string) => string]>([
    ["its beginning", (secret) => secret.slice(0, -1)],
    ["more than it", (secret) => `${secret}x`],
    ["another secret with its id", (secret) => secret.slice(0, 17) + "A".repeat(43)],
    ["its id alone", (secret) => secret.slice(0, 17)],
    ["its secret under another id", (secret) => `lsb_${"0".repeat(12)}${secret.slice(16)}`],
    ["another letter case", (secret) => secret.toUpperCase()],
  ])("not %s", async (_what, forge) => {
    const { secret } = await make("okta");
    const front = await here.open();
    expect(await front.status(forge(secret))).toBe(401);
  });
});

test("an expired token is refused without asking the store", async () => {
  const { secret } = await make("okta", "1m");
  const front = await here.open();
  here.clock.step(59_999);
  expect(await front.status(secret)).toBe(200);
  here.clock.step(1);
  expect(await front.status(secret)).toBe(401);
});

test("told of 14 days and one day before it expires, and then, once each", async () => {
  const { id } = await make("okta", "20d");
  const front = await here.open();
  const told = () =>
    front.events.flatMap((event) => (event.kind === "credential-expiry" ? [[event.name, event.id, event.state]] : []));
  const after = async (ms: number) => {
    here.clock.step(ms);
    await here.pass(2 * HEARD_MS);
    return [told(), (await here.desk.tokens())[0]?.state];
  };
  const expiring = ["okta", id, "expiring"];
  expect(await after(0)).toEqual([[], "live"]);
  expect(await after(6 * DAY_MS)).toEqual([[expiring], "expiring"]);
  expect(await after(12 * DAY_MS)).toEqual([[expiring], "expiring"]);
  expect(await after(DAY_MS)).toEqual([[expiring, ["okta", id, "ending"]], "ending"]);
  expect((await after(DAY_MS))[1]).toBe("expired");
  expect(told().slice(2)).toEqual([["okta", id, "expired"]]);
});

test("a store that cannot be read: what was known holds for a minute, and then it cannot be told", async () => {
  const { secret, id } = await make("okta");
  const front = await here.open();
  here.breakStore(true);
  await revoke(id);
  await here.pass(50_000);
  expect(await front.status(secret)).toBe(200);
  await here.pass(15_000);
  const refused = await front.scim("GET", "/Users", secret);
  expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "5"]);
  expect(refused.body).toMatchObject({ schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "503" });
  expect(await front.status(FIXED)).toBe(200);
  here.breakStore(false);
  await here.pass(HEARD_MS);
  expect(await front.status(secret)).toBe(401);
});

test("last use is noted soon and then once a minute, and at the end", async () => {
  const { secret } = await make("okta");
  const front = await here.open();
  const lastUsed = async () => (await here.desk.tokens())[0]?.lastUsedAt;
  expect(await lastUsed()).toBeUndefined();
  await front.status(secret);
  expect(await lastUsed()).toBeUndefined();
  await here.pass(HEARD_MS);
  const first = await lastUsed();
  expect(first).toBe("2027-01-01T00:00:00.000Z");
  await front.status(secret);
  await here.pass(30_000);
  expect(await lastUsed()).toBe(first);
  await here.pass(40_000);
  const second = await lastUsed();
  expect(second).toBe("2027-01-01T00:00:02.100Z");
  await front.status(secret);
  await front.close();
  expect(await lastUsed()).toBe("2027-01-01T00:01:12.100Z");
});

test("what could not be noted is noted later", async () => {
  const { secret } = await make("okta");
  const front = await here.open();
  await front.status(secret);
  here.breakStore(true);
  await here.pass(4 * HEARD_MS);
  expect(await here.desk.tokens()).toMatchObject([{ lastUsedAt: undefined }]);
  here.breakStore(false);
  await here.pass(HEARD_MS);
  expect(await here.desk.tokens()).toMatchObject([{ lastUsedAt: "2027-01-01T00:00:00.000Z" }]);
});

test("writes are audited under the token's name, and so is what operators do", async () => {
  const { secret, id } = await make("okta", "never");
  const front = await here.open();
  const { body } = await front.scim("POST", "/Users", secret, { schemas: [USER], userName: "ada@acme.example" });
  expect(await front.store.inquiries.history(String(body["id"]), 1)).toMatchObject([
    { actor: "okta", action: "user.create" },
  ]);
  await revoke("okta");
  expect(await front.store.inquiries.history(id, 5)).toMatchObject([
    { actor: "operator", action: "token.revoke", detail: { ids: [id], names: ["okta"] } },
    { actor: "operator", action: "token.create", detail: { name: "okta", kind: "token", expiresAt: null } },
  ]);
});

test("the store has digests, and nothing that would let anybody in", async () => {
  const [token, client] = [
    await make("okta"),
    await here.desk.createToken({ name: "entra", kind: "client", expires: "1d" }),
  ];
  const front = await here.open();
  await front.status(token.secret);
  await front.close();
  const held = await everythingIn(here.databaseUrl);
  expect(held).toContain(token.id);
  for (const { secret } of [token, client])
    for (const part of [secret, secret.slice(17)]) expect(held).not.toContain(part);
});

test("nobody to let in is a problem of the configuration; one that has expired is somebody", async () => {
  await expect(here.open({ scimTokens: [] })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
    message: expect.stringContaining("token create"),
  });
  await make("okta", "1m");
  here.clock.step(DAY_MS);
  const front: Front = await here.open({ scimTokens: [] });
  expect(front.events).toMatchObject([{ kind: "credentials" }, { kind: "credential-expiry", state: "expired" }]);
});

async function everythingIn(databaseUrl: string): Promise<string> {
  if (onPostgres())
    return JSON.stringify(
      await Promise.all(["credentials", "audit"].map((table) => ask(databaseUrl, `select * from ${table}`))),
    );
  const folder = dirname(databaseUrl.replace(/^sqlite:/, ""));
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "latin1")));
  return files.join("");
}
