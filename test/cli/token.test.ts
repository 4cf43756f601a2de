// Tokens and clients: the same commands against a running bridge and straight on its store.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { request } from "undici";
import { run } from "../../src/cli/index.js";
import { trial, type Trial } from "../support/bridge.js";

const ADMIN_TOKEN = "admin-token-for-tests-only";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bridge-token-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let t: Trial;
beforeEach(async () => {
  t = await trial();
});
afterEach(() => t.close());

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function command(environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(["token", ...args], "0", {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    environment,
    untilStopped: () => new Promise(() => undefined),
    onHangup: () => () => undefined,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

const onBridge = (...args: readonly string[]): Promise<Ran> =>
  command({}, ...args, "--url", t.url, "--token", ADMIN_TOKEN);
const onStore = (...args: readonly string[]): Promise<Ran> => command({ DATABASE_URL: t.databaseUrl }, ...args);
const word = (name: string, { out }: Ran) => new RegExp(`^${name} +(\\S+)$`, "m").exec(out)?.[1] ?? "";
const status = async (token: string) => {
  const headers = { authorization: `Bearer ${token}` };
  const { statusCode, body } = await request(`${t.url}/scim/v2/Users?count=0`, { headers });
  await body.dump();
  return statusCode;
};

describe.each([
  ["a running bridge", onBridge],
  ["the store", onStore],
] as const)("at %s", (_what, ask) => {
  test("made, let in, listed with its last use, revoked, refused: without a restart", async () => {
    expect(await ask("list")).toMatchObject({ code: 0, out: expect.stringContaining("no managed token") });
    const made = await ask("create", "--name", "okta", "--expires", "180d");
    expect(made).toMatchObject({ code: 0, err: expect.stringContaining("shown this once") });
    const [secret, id] = [word("token", made), word("id", made)];
    expect(word("expires", made)).toMatch(/^\d{4}-\d\d-\d\dT/);
    await t.until(async () => (await status(secret)) === 200);
    await t.until(async () => /"lastUsedAt": "\d{4}/.test((await ask("list", "--json")).out));
    const listed = await ask();
    expect(listed.code).toBe(0);
    expect(listed.out).toMatch(/^id +name +kind +created +last used +expires$/m);
    expect(listed.out).toMatch(new RegExp(`^${id} +okta +token +\\S+T\\S+ +\\S+T\\S+ +\\S+T\\S+$`, "m"));
    expect(listed.out).not.toContain(secret.slice(17));
    expect(await ask("revoke", "okta")).toEqual({ code: 0, out: `revoked token okta ${id}`, err: "" });
    await t.until(async () => (await status(secret)) === 401);
    expect(await ask("revoke", "okta")).toMatchObject({ code: 1, err: "No token is called okta." });
  });

  test("a client, for ever, machine-readable; two of a name are told apart by their ids", async () => {
    const made = await ask("create", "--name", "entra", "--kind", "client", "--expires", "never", "--json");
    const client = JSON.parse(made.out) as Record<string, string>;
    expect(client).toMatchObject({
      name: "entra",
      kind: "client",
      clientId: "entra",
      state: "live",
    });
    expect(client["expiresAt"]).toBeUndefined();
    const next = await ask("create", "--name", "entra", "--kind", "client");
    expect([word("client id", next), word("secret", next).slice(0, 4)]).toEqual(["entra", "lsb_"]);
    expect((await ask("list")).out).toMatch(/^\S+ +entra +client +\S+ +never +never$/m);
    const full = { code: 1, out: "", err: expect.stringContaining("revoke one first") };
    expect(await ask("create", "--name", "entra")).toMatchObject(full);
    const which = { code: 1, out: "", err: expect.stringContaining(`2 are called entra: say which id`) };
    expect(await ask("revoke", "entra")).toMatchObject(which);
    expect(await ask("revoke", client["id"] ?? "")).toMatchObject({ code: 0 });
    expect(await ask("create", "--name", "entra")).toMatchObject({ code: 0 });
    const both = await ask("revoke", "entra", "--all");
    expect(both.out.split("\n")).toHaveLength(2);
    expect((await ask("list")).out).toContain("no managed token");
  });

  test("what it cannot be", async () => {
    for (const args of [
      ["--name", "Somebody Else"],
      ["--name", "environment-1"],
      ["--name", "okta", "--expires", "3y"],
    ])
      expect(await ask("create", ...args)).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringMatching(/[^.]\.$/),
      });
    expect(await ask("create", "--name", "okta", "--kind", "key")).toMatchObject({ code: 64 });
    expect(await ask("create")).toMatchObject({ code: 64, err: expect.stringContaining("--name") });
  });
});

test("before the first start a token can be made, and nothing else asked", async () => {
  const DATABASE_URL = `sqlite:${join(folder, "new", "bridge.db")}`;
  expect(await command({ DATABASE_URL }, "list")).toMatchObject({
    code: 69,
    err: expect.stringContaining("No database"),
  });
  expect(await command({ DATABASE_URL }, "create", "--name", "okta")).toMatchObject({ code: 0 });
  expect((await command({ DATABASE_URL }, "list")).out).toContain("okta");
});

test("so it can with the operator's token in the environment, of a bridge that does not run yet", async () => {
  const DATABASE_URL = `sqlite:${join(folder, "not-yet", "bridge.db")}`;
  const settings = { DATABASE_URL, ADMIN_TOKEN, PORT: "9" };
  const nobody = expect.stringMatching(/^Cannot reach http:\/\/127\.0\.0\.1:9\//);
  expect(await command(settings, "list")).toMatchObject({ code: 69, err: nobody });
  const made = await command(settings, "create", "--name", "okta");
  expect(made).toMatchObject({ code: 0, err: expect.stringMatching(/^No bridge runs at http:\/\/127\.0\.0\.1:9: /) });
  expect((await command(settings, "list")).out).toContain("okta");
  const asked = await command(settings, "create", "--name", "okta", "--token", ADMIN_TOKEN);
  expect(asked).toMatchObject({ code: 69, err: nobody });
});

test("nobody to ask, or a wrong token: 69", async () => {
  expect(await command({}, "list", "--url", "http://127.0.0.1:9", "--token", "x")).toMatchObject({ code: 69 });
  expect(await command({}, "list", "--url", t.url, "--token", "wrong")).toMatchObject({
    code: 69,
    err: expect.stringContaining("wrong token"),
  });
});

describe("the operator's API", () => {
  const send = async (method: "POST" | "DELETE", path: string, sent?: unknown) => {
    const { statusCode, body } = await request(`${t.url}/admin/api${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      body: sent === undefined ? null : JSON.stringify(sent),
    });
    return { status: statusCode, body: (await body.json()) as Record<string, unknown> };
  };

  test("what is asked wrongly is told so; what is there already is a conflict", async () => {
    for (const body of [
      {},
      { name: 7 },
      { name: "okta", kind: "key" },
      { name: "okta", expires: 180 },
      { name: "Okta" },
    ])
      expect(await send("POST", "/tokens", body)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    const made = await send("POST", "/tokens", { name: "okta" });
    expect(made).toMatchObject({ status: 200, body: { kind: "token", secret: expect.stringMatching(/^lsb_/) } });
    expect((await send("POST", "/tokens", { name: "okta" })).status).toBe(200);
    expect(await send("POST", "/tokens", { name: "okta" })).toMatchObject({ status: 409 });
    expect(await send("DELETE", "/tokens/okta")).toMatchObject({ status: 409 });
    expect(await send("DELETE", "/tokens/nobody")).toMatchObject({ status: 404 });
    const { tokens } = await t.admin("GET", "/tokens");
    expect(tokens).toHaveLength(2);
    expect(JSON.stringify(tokens)).not.toMatch(/secret|digest|lsb_/);
    expect(await send("DELETE", "/tokens/okta?all=true")).toMatchObject({ status: 200, body: { revoked: [{}, {}] } });
  });
});
