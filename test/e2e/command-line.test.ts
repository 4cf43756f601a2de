import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { user } from "../support/bridge.js";
import { ADMIN_TOKEN, scim, SCIM_TOKEN, settingsFor, settled, workplace, type Workplace } from "../support/program.js";

let here: Workplace;
let sandbox: Sandbox;
beforeAll(async () => {
  here = await workplace();
  sandbox = await startSandbox();
});
afterAll(async () => {
  await here.close();
  await sandbox.close();
});

const COMMANDS = [
  "serve",
  "check",
  "doctor",
  "members",
  "status",
  "plan",
  "reconcile",
  "explain",
  "holds",
  "drift",
  "seats",
  "pause",
  "resume",
  "retry",
  "forget",
];

/** Command lines that do not depend on each other are run at once. */
const each = <T>(items: readonly T[], expectation: (item: T) => Promise<void>): Promise<unknown> =>
  Promise.all(items.map(expectation));

describe("help and usage", () => {
  test("help, --help and nothing at all: help on standard output, 0", () =>
    each([["help"], ["--help"], []], async (args) => {
      const { code, stdout, stderr } = await here.run({}, ...args);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: "" });
      for (const command of COMMANDS) expect(stdout).toContain(command);
    }));

  test("--version: the package's", async () => {
    const manifest = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
    expect(await here.run({}, "--version")).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  test("a mistake: what is wrong and how to go on, on standard error, 64", () =>
    each([["sevre"], ["serve", "--sandbix"], ["--nonsense"], ["serve", "now"], ["status", "--url"]], async (args) => {
      const { code, stdout, stderr } = await here.run({}, ...args);
      expect({ args, code, stdout }).toEqual({ args, code: 64, stdout: "" });
      expect(stderr).toMatch(/^error: /);
      expect(stderr).toMatch(/--help|Usage/);
    }));
});

describe("check", () => {
  test("a good file, and the shipped one without an argument: 0", async () => {
    const good = await here.write("good.yaml", "version: 1\nroles: { rules: [{ group: x, role: AD }] }\n");
    const [named, shipped, set] = await Promise.all([
      here.run({}, "check", good),
      here.run({}, "check"),
      here.run({ MAPPING_FILE: good }, "check"),
    ]);
    expect(named).toMatchObject({ code: 0, stdout: `${good}: valid - 1 rule\n` });
    expect(shipped).toMatchObject({ code: 0, stdout: "mappings/default.yaml: valid - 4 rules\n" });
    expect(set).toMatchObject({ code: 0, stdout: named.stdout });
  });

  test("MAPPING_FILE of .env counts as for every other command", async () => {
    const good = await here.write("dotenv.yaml", "version: 1\nroles: { rules: [] }\n");
    await here.write(".env", `MAPPING_FILE=${good}\n`);
    const { code, stdout } = await here.run({}, "check");
    await here.write(".env", "");
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${good}: valid - 0 rules\n` });
  });

  test("a bad file: each problem with its place, 1", async () => {
    const bad = await here.write("bad.yaml", "version: 1\nadpot: strict\nroles: { default: XX }\n");
    const [{ code, stdout, stderr }, asJson] = await Promise.all([
      here.run({}, "check", bad),
      here.run({}, "check", bad, "--json"),
    ]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout.trim().split("\n")).toEqual([
      expect.stringContaining(`${bad}:2:1 `),
      expect.stringContaining(`${bad}:3:19 `),
    ]);
    expect(asJson.code).toBe(1);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ valid: false, problems: [{ line: 2 }, { line: 3, column: 19 }] });
  });

  test("a missing file: 2", async () => {
    const { code, stdout, stderr } = await here.run({}, "check", "nowhere.yaml");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("nowhere.yaml");
  });
});

describe("status", () => {
  let url: string;
  const environment = () => ({ ...settingsFor(sandbox), DATABASE_URL: `sqlite:${join(here.folder, "status.db")}` });
  const counts = { converged: 2, pending: 0, leavers: 0, held: 0, failing: 0, warnings: 0, oldestPendingSeconds: 0 };
  beforeAll(async () => {
    url = await here.start(environment(), "serve").listening();
    for (const name of ["a", "b"]) await scim(url, "POST", "/Users", user(`${name}@acme.example`));
    await settled(url);
  });

  test("from a running bridge: text", async () => {
    const { code, stdout, stderr } = await here.run({ ADMIN_TOKEN }, "status", "--url", url);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe("converged  2\npending    0\nheld       0\nfailing    0\nLabel Studio: ok\n");
  });

  test("from a running bridge that HOST and PORT name: --json", async () => {
    const { port } = new URL(url);
    const { code, stdout } = await here.run({ ADMIN_TOKEN, PORT: port }, "status", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ...counts, mode: "apply", labelStudio: { state: "ok" } });
  });

  test("a wrong token, or nobody there: 69, said so, nothing on standard output", () =>
    each(
      [
        { at: url, token: SCIM_TOKEN, reason: /401.*wrong token/ },
        { at: "http://127.0.0.1:1", token: ADMIN_TOKEN, reason: /Cannot reach http:\/\/127\.0\.0\.1:1/ },
      ],
      async ({ at, token, reason }) => {
        const { code, stdout, stderr } = await here.run({}, "status", "--url", at, "--token", token);
        expect({ at, code, stdout }).toEqual({ at, code: 69, stdout: "" });
        expect(stderr).toMatch(reason);
        expect(stderr).not.toContain(token);
      },
    ));

  test("straight from the store, while the bridge runs", async () => {
    const { DATABASE_URL } = environment();
    const { code, stdout } = await here.run({ DATABASE_URL }, "status", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(counts);
  });

  test("no store, no token: 69, and no store is made", async () => {
    const { code, stderr } = await here.run({}, "status");
    expect(code).toBe(69);
    expect(stderr).toContain("data/bridge.db");
    expect(await readdir(here.folder)).not.toContain("data");
  });

  test("somebody failing: 1", async () => {
    await scim(url, "POST", "/Users", { ...user("nobody"), emails: [] });
    expect((await settled(url)).failing).toBe(1);
    const { code, stdout } = await here.run({ ADMIN_TOKEN }, "status", "--url", url);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failing +1$/m);
    const why = await here.run({ ADMIN_TOKEN }, "status", "--url", url, "--people");
    expect(why.stdout).toMatch(/^failing +nobody +- -> - +no e-mail: Label Studio identifies people by it/m);
    const { DATABASE_URL } = environment();
    const { stdout: json } = await here.run({ DATABASE_URL }, "status", "--people", "--json");
    expect(JSON.parse(json)).toMatchObject({ people: [{ state: "failing", userName: "nobody" }] });
  });
});

describe("doctor", () => {
  test("all well: 0, and nothing is written", async () => {
    sandbox.clearCalls();
    const environment = { ...settingsFor(sandbox), DATABASE_URL: "sqlite:data/doctor.db" };
    const { code, stdout, stderr } = await here.run(environment, "doctor");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^ok .*key .*legacy token/m);
    expect(stdout).not.toContain("PROBLEM");
    expect(sandbox.calls.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(sandbox.calls.length).toBeGreaterThan(0);
    expect(stdout).toMatch(/^ok +clock +(the same as|[0-9] s)/m);
    expect(stdout).toMatch(/^ok +store +SQLite, data\/doctor\.db: not there yet$/m);
    await expect(readFile(join(here.folder, "data", "doctor.db"))).rejects.toMatchObject({ code: "ENOENT" });
  });

  test("a clock that is off by more than a minute, also where the key is refused: 1, with the numbers", async () => {
    const ahead = "data:text/javascript,const now = Date.now; Date.now = () => now() + 95000;";
    const NODE_OPTIONS = `--import="${ahead}"`;
    for (const changes of [{}, { LABEL_STUDIO_API_KEY: "not-the-key" }]) {
      const { code, stdout } = await here.run({ ...settingsFor(sandbox), ...changes, NODE_OPTIONS }, "doctor");
      expect(stdout).toMatch(/^PROBLEM +clock +9[45] s ahead of Label Studio's, at most 60 s are fine/m);
      expect(code).toBe(1);
    }
  });

  test("a database that cannot be had: 1, and everything else is told", async () => {
    const { code, stdout } = await here.run({ ...settingsFor(sandbox), DATABASE_URL: "sqlite:mappings" }, "doctor");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^PROBLEM +store +Cannot open the database mappings: /m);
    expect(stdout).toMatch(/^ok +key +legacy token/m);
  });

  test("manual_role_management off: 1", async () => {
    sandbox.set({ manualRoleManagement: false });
    const { code, stdout } = await here.run(settingsFor(sandbox), "doctor", "--json");
    sandbox.set({ manualRoleManagement: true });
    expect(code).toBe(1);
    const { findings } = JSON.parse(stdout) as { findings: readonly { check: string; ok: boolean }[] };
    expect(findings.find(({ check }) => check === "manual_role_management")).toMatchObject({ ok: false });
  });

  test("a wrong key: 1; nobody there: 69; a bad configuration: 2", () =>
    each(
      [
        { changes: { LABEL_STUDIO_API_KEY: "not-the-key" }, code: 1, told: /^PROBLEM .*LABEL_STUDIO_API_KEY/m },
        { changes: { LABEL_STUDIO_URL: "http://127.0.0.1:1" }, code: 69, told: /^PROBLEM .*ECONNREFUSED/m },
        { changes: { PORT: "banana" }, code: 2, told: /PORT must be/ },
      ],
      async ({ changes, code, told }) => {
        const ended = await here.run({ ...settingsFor(sandbox), ...changes }, "doctor");
        expect({ changes, code: ended.code }).toEqual({ changes, code });
        expect(ended.stdout + ended.stderr).toMatch(told);
        expect(ended.stdout + ended.stderr).not.toContain("not-the-key");
      },
    ));
});

test("import-lse and doctor: what Label Studio's own SCIM and SAML give roles by", async () => {
  const roleGroups = {
    scim: [
      ["Administrator", "LS-Admins"],
      ["Owner", "Bosses"],
    ],
    saml: [["Annotator", "LS-Annotators"]],
  } as const;
  const own = await startSandbox({ roleGroups });
  try {
    const imported = await here.run(settingsFor(own), "import-lse");
    expect(imported).toMatchObject({ code: 0, stderr: "" });
    const file = await here.write("imported.yaml", imported.stdout);
    expect(await here.run({}, "check", file)).toMatchObject({ code: 0, stdout: `${file}: valid - 2 rules\n` });
    const doctor = await here.run(settingsFor(own), "doctor");
    expect(doctor.code).toBe(1);
    expect(doctor.stdout).toMatch(/^PROBLEM {2}its own SCIM +gives AD to "LS-Admins"/m);
    expect(await here.run(settingsFor(sandbox), "import-lse")).toMatchObject({
      code: 1,
      stdout: "version: 1\nroles:\n  rules: []\n",
    });
  } finally {
    await own.close();
  }
});
