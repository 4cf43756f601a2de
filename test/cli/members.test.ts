// The list of members, against an emulated Label Studio over HTTP.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { run } from "../../src/cli/index.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";

const KIM = "kim.lee@acme.example";
const ANNA = "anna.nilsson@acme.example";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: string;
}

async function members(...args: readonly string[]): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(["members", ...args], "0", {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    environment: {
      LABEL_STUDIO_URL: sandbox.url,
      LABEL_STUDIO_API_KEY: sandbox.apiKey,
      LABEL_STUDIO_MAX_RPS: "0",
      SCIM_BEARER_TOKEN: "scim-token-for-tests-only",
    },
    untilStopped: () => new Promise(() => undefined),
    onHangup: () => () => undefined,
  });
  return { code, out, err: err.join("\n") };
}

interface Row {
  readonly email: string;
  readonly tags?: readonly string[];
}

async function found(...args: readonly string[]): Promise<readonly string[]> {
  const { code, out, err } = await members("--json", ...args);
  expect([code, err]).toEqual([0, ""]);
  return (JSON.parse(out.join("\n")) as readonly Row[]).map(({ email }) => email);
}

describe("finds members", () => {
  test("all of them, or by role, type, address and activity", async () => {
    sandbox.addMember({ email: "old@acme.example", role: "AN", lastActivity: "2020-01-01T00:00:00Z" });
    expect(await found()).toHaveLength(14);
    expect(await found("--role", "ow, ma", "--ordering", "user__email")).toEqual([
      "mara.novak@acme.example",
      "mateo.alvarez@acme.example",
      "olivia.winter@acme.example",
    ]);
    expect(await found("--user-type", "viewonly")).toEqual(["vera.osman@acme.example"]);
    expect(await found("--search", "kim")).toEqual([KIM]);
    expect(await found("--role", "AN", "--active-since", "2021-01-01")).not.toContain("old@acme.example");
  });

  test("by tag, a label before an id, and names the tags", async () => {
    sandbox.tag(KIM, "night shift");
    sandbox.tag(ANNA, String(sandbox.tags()[0]?.id));
    expect(await found("--tag", "Night Shift")).toEqual([KIM]);
    expect(await found("--tag", String(sandbox.tags()[0]?.id))).toEqual([ANNA]);
    expect(await found("--tag", String(sandbox.tags()[1]?.id))).toEqual([ANNA]);
    const { out } = await members("--json", "--search", KIM);
    expect((JSON.parse(out.join("\n")) as readonly Row[])[0]?.tags).toEqual(["night shift"]);
  });

  test("who is not in a workspace or project, by title or id", async () => {
    sandbox.joinWorkspace(KIM, "Vision");
    sandbox.joinProject(ANNA, 44);
    expect(await found("--role", "AN", "--not-in-workspace", "vision")).not.toContain(KIM);
    for (const project of ["contracts", "44"])
      expect(await found("--role", "AN", "--not-in-project", project)).toEqual(["anton.nowak@acme.example", KIM]);
  });

  test("who is deleted, and what each has contributed to", async () => {
    sandbox.contribute(KIM, 42);
    const { out } = await members("--search", KIM, "--contributed");
    expect(out.join("\n")).toMatch(/kim\.lee@acme\.example .* Street scenes$/m);
    sandbox.removeMember(KIM);
    expect(await found("--deleted")).toEqual(["deleted"]);
  });
});

describe("writes", () => {
  test("a table of the first hundred, and says that there are more", async () => {
    const { code, out, err } = await members("--limit", "2", "--ordering", "user__email");
    expect([code, out.length]).toEqual([0, 3]);
    expect(out[0]).toMatch(/^ +user {2}role {2}active +address +name +tags$/);
    expect(out[2]).toMatch(/^ +\d+ {2}AN {4}\d{4}-\d\d-\d\d {2}anna\.nilsson@acme\.example +Anna Nilsson$/);
    expect(err).toBe("These are the first 2; --limit or --all shows more.");
    for (let index = 0; index < 120; index++) sandbox.addMember({ email: `p${index}@acme.example`, role: "AN" });
    expect((await members()).out).toHaveLength(101);
    expect((await members("--all")).out).toHaveLength(134);
  });

  test("names so that they do not steer the terminal", async () => {
    sandbox.addMember({ email: "x@acme.example", role: "AN", firstName: "\u001b[2J", lastName: "a\nb\u202e" });
    const { out } = await members("--search", "x@acme.example");
    expect(out[1]).toContain("?[2J a?b?");
  });

  test("CSV of RFC 4180 in which nothing is a formula", async () => {
    const names = { firstName: '=HYPERLINK("http://x","y")', lastName: "Lee, Jr" };
    sandbox.addMember({ email: "+x@acme.example", role: "AN", ...names, lastActivity: "2026-05-01T08:00:00Z" });
    sandbox.tag("+x@acme.example", "-1");
    sandbox.tag("+x@acme.example", "two");
    const { out } = await members("--csv", "--search", "x@acme.example");
    const id = sandbox.member("+x@acme.example")?.userId;
    expect(out).toEqual([
      "user_id,email,role,role_source,user_type,first_name,last_name,tags,last_activity,deleted,contributed_to_projects\r",
      `${id},'+x@acme.example,AN,manual,standard,"'=HYPERLINK(""http://x"",""y"")","Lee, Jr",'-1;two,` +
        "2026-05-01T08:00:00Z,false,\r",
    ]);
  });
});

describe("ends with", () => {
  test.each([
    [["--role", "XX"]],
    [["--active-since", "yesterday"]],
    [["--limit", "0"]],
    [["--json", "--csv"]],
    [["--unknown"]],
  ])("64 for %j", async (args) => {
    expect((await members(...args)).code).toBe(64);
  });

  test.each([
    [["--tag", "none"], 'There is no tag "none".'],
    [["--not-in-project", "none"], 'There is no project "none".'],
    [["--not-in-workspace", "Legacy"], 'There is no workspace "Legacy".'],
    [["--not-in-project", "contracts"], '2 projects are called "contracts": name one by id (44, 45).'],
  ])("1 for %j", async (args, message) => {
    sandbox.addProject("CONTRACTS", 45);
    expect(await members(...args)).toEqual({ code: 1, out: [], err: message });
  });

  test("1 where the key is refused, 69 where Label Studio does not answer, and no end of the array", async () => {
    sandbox.inject({ kind: "forbidden", detail: "No." }, { path: /memberships/ });
    expect(await members()).toMatchObject({ code: 1, err: expect.stringContaining("No.") });
    for (let index = 0; index < 600; index++) sandbox.addMember({ email: `p${index}@acme.example`, role: "AN" });
    let page = 0;
    sandbox.inject({ kind: "garbage" }, { path: (path) => path.endsWith("memberships") && ++page === 2 });
    const { code, out } = await members("--all", "--json");
    expect([code, out.at(-1) === "]", out.length > 400]).toEqual([69, false, true]);
    sandbox.revokeKey();
    expect((await members()).code).toBe(1);
  });

  test("2 for a wrong setting, and tags by their ids where these may not be seen", async () => {
    sandbox.tag(KIM, "night");
    sandbox.set({ tags: "forbidden" });
    const { out } = await members("--json", "--search", KIM);
    expect((JSON.parse(out.join("\n")) as readonly Row[])[0]?.tags).toEqual([String(sandbox.tags()[0]?.id)]);
    const io = { out: () => undefined, err: () => undefined, environment: {}, onHangup: () => () => undefined };
    expect(await run(["members"], "0", { ...io, untilStopped: () => Promise.resolve("SIGTERM") })).toBe(2);
  });
});
