import { cp, mkdir, readdir, readFile, readlink } from "node:fs/promises";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { user } from "../support/bridge.js";
import {
  ADMIN_TOKEN,
  get,
  scim,
  SCIM_TOKEN,
  settingsFor,
  until,
  workplace,
  type Workplace,
} from "../support/program.js";

let here: Workplace;
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  here = await workplace();
});
afterEach(() => here.close());

/** Takes connections and never says anything. */
async function listening(): Promise<{ server: Server; port: number; sockets: Socket[] }> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => void sockets.push(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port, sockets };
}
const closed = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
async function freePort(): Promise<number> {
  const { server, port } = await listening();
  await closed(server);
  return port;
}

interface Readyz {
  readonly ready: boolean;
  readonly verified: boolean;
  readonly labelStudio: { readonly state: string; readonly problem?: string };
}
const readyz = async (url: string): Promise<{ status: number; body: Readyz }> => {
  const { status, text } = await get(`${url}/readyz`);
  return { status, body: JSON.parse(text) as Readyz };
};
const checked = (url: string, state: string) =>
  until(
    async () => {
      const answer = await readyz(url);
      return answer.body.labelStudio.state === state ? answer : undefined;
    },
    () => `Label Studio ${state} at ${url}`,
  );

describe("configuration problems: all at once, exit code 2", () => {
  test("missing", async () => {
    const { code, stdout, stderr } = await here.run({}, "serve");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("3 problems");
    for (const name of ["LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "SCIM_BEARER_TOKEN"])
      expect(stderr).toContain(`${name} is required`);
  });

  test("an empty secret file is no secret", async () => {
    const empty = await here.write("empty", "\n");
    const settings = {
      LABEL_STUDIO_URL: "http://127.0.0.1:9",
      LABEL_STUDIO_API_KEY: "key",
      SCIM_BEARER_TOKEN: SCIM_TOKEN,
    };
    const { code, stderr } = await here.run({ ...settings, ADMIN_TOKEN_FILE: empty }, "serve");
    expect(code).toBe(2);
    expect(stderr).toMatch(/ADMIN_TOKEN_FILE: .*empty is empty\./);
  });

  test("wrong, together with the mistakes of the mapping", async () => {
    const mapping = await here.write("wrong.yaml", "version: 1\nadpot: strict\nroles: { default: XX }\n");
    const key = await here.write("key", "key-from-a-file\n");
    const environment = {
      LABEL_STUDIO_URL: "ftp://label-studio.example",
      LABEL_STUDIO_API_KEY: "key-from-the-environment",
      LABEL_STUDIO_API_KEY_FILE: key,
      LABEL_STUDIO_MAX_RPS: "fast",
      SCIM_MAX_RPS: "-1",
      SCIM_BEARER_TOKEN: "one-token-for-both",
      ADMIN_TOKEN: "one-token-for-both",
      DATABASE_URL_FILE: "/nowhere/database-url",
      PORT: "banana",
      BRIDGE_MODE: "maybe",
      LOG_LEVEL: "loud",
      MAPPING_FILE: mapping,
    };
    const { code, stdout, stderr } = await here.run(environment, "serve");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    for (const problem of [
      /LABEL_STUDIO_URL must be an http or https URL\.$/m,
      /LABEL_STUDIO_API_KEY and LABEL_STUDIO_API_KEY_FILE are both set/,
      /LABEL_STUDIO_MAX_RPS must be .*"fast"/,
      /SCIM_MAX_RPS must be 0 \(no limit\) or more, not "-1"/,
      /ADMIN_TOKEN is also a SCIM_BEARER_TOKEN/,
      /DATABASE_URL_FILE: cannot read \/nowhere\/database-url \(ENOENT\)/,
      /PORT must be .*"banana"/,
      /BRIDGE_MODE must be apply or observe/,
      /LOG_LEVEL must be one of/,
      /wrong\.yaml:2:1 .*adpot/,
      /wrong\.yaml:3:19 .*XX/,
    ])
      expect(stderr).toMatch(problem);
    expect(stderr).toContain("11 problems");
    expect(stderr).not.toMatch(/key-from|one-token/);
  });

  test("a mapping that is not there, an empty token file, a database that cannot be had", async () => {
    const files = {
      ...settingsFor(sandbox),
      SCIM_BEARER_TOKEN: "",
      SCIM_BEARER_TOKEN_FILE: await here.write("token", "\n"),
      MAPPING_FILE: "nowhere.yaml",
    };
    const [missing, database] = await Promise.all([
      here.run(files, "serve"),
      here.run({ ...settingsFor(sandbox), DATABASE_URL: "sqlite:/dev/null/x.db" }, "serve"),
    ]);
    expect([missing.code, database.code]).toEqual([2, 2]);
    expect(missing.stderr).toMatch(/SCIM_BEARER_TOKEN/);
    expect(missing.stderr).toContain("MAPPING_FILE: cannot read nowhere.yaml (ENOENT).");
    expect(database.stderr).toContain("Cannot open the database /dev/null/x.db");
  });

  test("a .env that cannot be read", async () => {
    await mkdir(join(here.folder, ".env"));
    const { code, stdout, stderr } = await here.run(settingsFor(sandbox), "serve");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^The bridge cannot start: 1 problem\.\n.*\.env.*EISDIR/);
  });

  test.each(["answers", "is silent"])("a port that is taken, at once, while Label Studio %s", async (how) => {
    const [taken, silent] = await Promise.all([listening(), listening()]);
    const labelStudio = how === "answers" ? sandbox : { url: `http://127.0.0.1:${silent.port}`, apiKey: "key" };
    const program = here.start({ ...settingsFor(labelStudio), PORT: String(taken.port) }, "serve");
    const sooner = await program.ended;
    // Nobody has waited for an answer that does not come.
    expect(silent.sockets).toEqual([]);
    silent.sockets.forEach((socket) => socket.destroy());
    await Promise.all([closed(taken.server), closed(silent.server)]);
    expect(sooner).toMatchObject({ code: 2, stdout: expect.not.stringContaining("listening") });
    expect(sooner?.stderr).toContain(`Cannot listen on 127.0.0.1:${taken.port}: EADDRINUSE.`);
  });
});

test("secrets from files; none of them is ever printed, not even at trace", async () => {
  const environment = {
    ...settingsFor(sandbox),
    LABEL_STUDIO_API_KEY: "",
    LABEL_STUDIO_API_KEY_FILE: await here.write("key", `${sandbox.apiKey}\n`),
    SCIM_BEARER_TOKEN: "",
    SCIM_BEARER_TOKEN_FILE: await here.write("scim", `${SCIM_TOKEN}, second-scim-token\n`),
    ADMIN_TOKEN: "",
    ADMIN_TOKEN_FILE: await here.write("admin", ADMIN_TOKEN),
    DATABASE_URL_FILE: await here.write("database", `sqlite:${here.folder}/elsewhere.db\n`),
    LOG_LEVEL: "trace",
  };
  const program = here.start(environment, "serve");
  const url = await program.listening();
  expect(await checked(url, "ok")).toMatchObject({ status: 200, body: { ready: true } });
  expect((await scim(url, "POST", "/Users", user("ada@acme.example"))).status).toBe(201);
  expect((await scim(url, "GET", "/Users", undefined, "second-scim-token")).status).toBe(200);
  expect((await get(`${url}/admin/api/status`, ADMIN_TOKEN)).status).toBe(200);
  expect((await get(`${url}/admin/api/status`, SCIM_TOKEN)).status).toBe(401);
  expect((await scim(url, "GET", "/Users", undefined, ADMIN_TOKEN)).status).toBe(401);
  expect(await readdir(here.folder)).toContain("elsewhere.db");
  const { code, stdout, stderr } = await program.stop();
  expect(code).toBe(0);
  for (const secret of [sandbox.apiKey, SCIM_TOKEN, "second-scim-token", ADMIN_TOKEN])
    expect(stdout + stderr).not.toContain(secret);
});

test.each([
  ["a wrong key", { LABEL_STUDIO_API_KEY: "not-the-key" }, "refused", /401.*check LABEL_STUDIO_API_KEY/],
  ["a wrong organisation", { LABEL_STUDIO_ORGANIZATION_ID: "99" }, "refused", /organisation 99.*active organisation/],
])("%s: up, not ready, and SCIM answers", async (_what, changes, state, problem) => {
  const program = here.start({ ...settingsFor(sandbox), ...changes }, "serve");
  const url = await program.listening();
  const { status, body } = await checked(url, state);
  expect(status).toBe(503);
  expect(body).toMatchObject({ ready: false, verified: false });
  expect(body.labelStudio.problem).toMatch(problem);
  expect((await get(`${url}/healthz`)).status).toBe(200);
  expect((await scim(url, "POST", "/Users", user("eve@acme.example"))).status).toBe(201);
  expect(sandbox.member("eve@acme.example")).toBeUndefined();
});

test("an unreachable Label Studio: not ready, ready by itself, and ready for ever once verified", async () => {
  const port = await freePort();
  const environment = { ...settingsFor({ url: `http://127.0.0.1:${port}`, apiKey: sandbox.apiKey }) };
  const first = here.start(environment, "serve");
  const url = await first.listening();
  expect(await checked(url, "unreachable")).toMatchObject({ status: 503, body: { ready: false } });
  expect((await readyz(url)).body.labelStudio.problem).toContain("ECONNREFUSED");
  expect((await get(`${url}/healthz`)).status).toBe(200);
  expect((await scim(url, "POST", "/Users", user("bob@acme.example"))).status).toBe(201);

  const late = await startSandbox({ port });
  expect(await checked(url, "ok")).toMatchObject({ status: 200, body: { ready: true, verified: true } });
  await until(
    () => late.member("bob@acme.example"),
    () => "bob in Label Studio",
  );
  await late.close();
  expect((await readyz(url)).status).toBe(200);
  expect((await first.stop()).code).toBe(0);

  const [again, otherKey] = await Promise.all([
    here.start(environment, "serve").listening(),
    here.start({ ...environment, ...(await databaseCopy()), LABEL_STUDIO_API_KEY: "another" }, "serve").listening(),
  ]);
  expect(await checked(again, "unreachable")).toMatchObject({ status: 200, body: { ready: true, verified: true } });
  expect(await checked(otherKey, "unreachable")).toMatchObject({ status: 503, body: { verified: false } });
});

/** Another key on what is otherwise the same database has not been verified. */
async function databaseCopy(): Promise<{ DATABASE_URL: string }> {
  await cp(join(here.folder, "data"), join(here.folder, "copy"), { recursive: true });
  return { DATABASE_URL: "sqlite:copy/bridge.db" };
}

test(".env is read and never overrides the environment", async () => {
  const inFile = { ...settingsFor(sandbox), SCIM_BEARER_TOKEN: "token-from-the-file", LOG_LEVEL: "silent" };
  await here.write(
    ".env",
    Object.entries(inFile)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  );
  const program = here.start({ SCIM_BEARER_TOKEN: SCIM_TOKEN, LOG_LEVEL: "info" }, "serve");
  const url = await program.listening();
  expect((await scim(url, "GET", "/Users", undefined, SCIM_TOKEN)).status).toBe(200);
  expect((await scim(url, "GET", "/Users", undefined, "token-from-the-file")).status).toBe(401);
  expect((await get(`${url}/admin/api/status`, ADMIN_TOKEN)).status).toBe(200);
});

test("nothing listens beyond 127.0.0.1 by default", async () => {
  const program = here.start(settingsFor(sandbox), "serve");
  const url = new URL(await program.listening());
  expect(url.hostname).toBe("127.0.0.1");
  if (process.platform !== "linux") return;
  const port = Number(url.port).toString(16).toUpperCase().padStart(4, "0");
  expect(await listeners(program.pid)).toEqual([`0100007F:${port}`]);
});

/** Local addresses, as the kernel writes them, of all listening TCP sockets of a process. */
async function listeners(pid: number): Promise<readonly string[]> {
  const links = (await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => ""));
  const inodes = new Set((await Promise.all(links)).map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]));
  const tables = await Promise.all(
    ["tcp", "tcp6"].map((table) => readFile(`/proc/net/${table}`, "utf8").catch(() => "")),
  );
  return tables
    .flatMap((table) => table.split("\n").map((line) => line.trim().split(/\s+/)))
    .filter((fields) => fields[3] === "0A" && inodes.has(fields[9]))
    .map((fields) => fields[1] ?? "");
}
