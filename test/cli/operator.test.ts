// What operators ask and decide: the same commands against a running bridge and straight on its store.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { group, MAPPING, patch, trial, user, type Trial } from "../support/bridge.js";
import { runCommand, type Ran } from "../support/command.js";

let folder: string;
let mapping: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bridge-operator-"));
  mapping = join(folder, "mapping.yaml");
  await writeFile(mapping, MAPPING);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let t: Trial;
let ids: readonly string[];
let groupId: string;
/** Twelve annotators. */
beforeEach(async () => {
  t = await trial();
  const created = [];
  for (let index = 0; index < 12; index++)
    created.push((await t.scim("POST", "/Users", user(`u${index}@acme.example`))).body.id);
  ids = created;
  groupId = (await t.scim("POST", "/Groups", group("LS Annotators", ids))).body.id;
  await t.settled();
});
afterEach(() => t.close());

const command = (environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> =>
  runCommand({ MAPPING_FILE: mapping, ...environment }, ...args);
const onBridge = (...args: readonly string[]): Promise<Ran> =>
  command({}, ...args, "--url", t.url, "--token", "admin-token-for-tests-only");
const onStore = (...args: readonly string[]): Promise<Ran> => command({ DATABASE_URL: t.databaseUrl }, ...args);
const add = async (email: string) => (await t.scim("POST", "/Users", user(email))).body.id;
const everyone = () => ids.map((value) => ({ value }));
const emptied = async () => {
  await t.scim("PATCH", `/Groups/${groupId}`, patch({ op: "remove", path: "members", value: everyone() }));
  await t.settled();
};

describe.each([
  ["a running bridge", onBridge],
  ["the store", onStore],
] as const)("asking %s", (_what, ask) => {
  test("plan: nothing to do, then what another mapping would do, held where it is too much", async () => {
    expect(await ask("plan")).toMatchObject({ code: 0, out: expect.stringContaining("nothing would change") });
    const two = join(folder, "two.yaml");
    await writeFile(two, `${MAPPING}    - { user: { attribute: userName, equals: u3@acme.example }, role: MA }\n`);
    const small = await ask("plan", "--mapping", two);
    expect(small).toMatchObject({ code: 3, err: "" });
    expect(small.out).toMatch(/^set-role +u3@acme\.example {2}AN -> MA {2}rule in line 9 of the mapping$/m);
    expect(small.out).toContain("12 people: 11 unchanged, 0 failing, 0 adopted, 0 held");
    const everybody = join(folder, "everybody.yaml");
    await writeFile(everybody, MAPPING.replace("LS Annotators", "LS Anotators"));
    const large = await ask("plan", "--mapping", everybody);
    expect(large.code).toBe(4);
    expect(large.out).toContain("12 of 12 is 100 %, limit 20 %");
    const digest = /digest ([0-9a-f]{64})/.exec(large.out)?.[1];
    expect((await ask("plan", "--mapping", everybody, "--json")).out).toContain(`"digest": "${digest}"`);
  });

  test("plan: what nobody has asked Label Studio for yet is told, not passed over", async () => {
    const first = join(folder, "first-section.yaml");
    await writeFile(first, `${MAPPING}workspaces: { rules: [{ group: "LS *", workspace: Vision }] }\n`);
    expect(await ask("plan", "--mapping", first)).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /^not in this plan: workspace "Vision" \(line 9 of the mapping\), which Label Studio/m,
      ),
    });
  });

  test("a mapping that is not valid, or not there, is no plan: 2", async () => {
    const wrong = join(folder, "wrong.yaml");
    await writeFile(wrong, "version: 1\nrolse: {}\n");
    expect(await ask("plan", "--mapping", wrong)).toMatchObject({
      code: 2,
      err: `${wrong}:2:1  unknown key "rolse": did you mean "roles"?`,
    });
    expect(await ask("plan", "--mapping", join(folder, "nowhere"))).toMatchObject({ code: 2 });
  });

  test("explain: a person from the groups to Label Studio's answer, a group by its rules, nobody", async () => {
    const { code, out } = await ask("explain", "U4@acme.example");
    expect(code).toBe(0);
    expect(out).toMatch(/^person +u4@acme\.example {2}\S+ {2}active at the identity provider$/m);
    expect(out).toMatch(/^groups +"LS Annotators"$/m);
    expect(out).toMatch(/^rule +line 8 of the mapping: AN by group "LS Annotators" {2}<- wins$/m);
    expect(out).toMatch(/^Label Studio +AN {2}user \d+/m);
    expect(out).toMatch(/^next +nothing: AN -> AN/m);
    expect(out).toMatch(/^history .*member\.set-role.*"stage":"done"/m);
    expect((await ask("explain", "ls annotators")).out).toMatch(/^members +12$/m);
    expect(await ask("explain", "nobody")).toMatchObject({ code: 1, err: expect.stringContaining("Nobody") });
  });

  test("holds: listed with the numbers, approved for some, rejected for the rest", async () => {
    expect(await ask("holds")).toMatchObject({ code: 0, out: "Nothing waits for a decision." });
    await emptied();
    const listed = await ask("holds", "list");
    expect(listed.code).toBe(4);
    expect(listed.out).toContain(
      `group ${groupId} "LS Annotators": 12 held\n  safety.massChange (demotions): 12 of 12 is 100 %, limit 20 %`,
    );
    expect(listed.out).toContain("waiting   u7@acme.example  AN -> NO");
    expect(await ask("holds", "approve")).toMatchObject({ code: 64 });
    expect(await ask("holds", "approve", "who@acme.example")).toMatchObject({
      code: 1,
      err: "Nobody is known as who@acme.example.",
    });
    expect(await ask("holds", "approve", "u7@acme.example")).toMatchObject({ code: 0, out: "approved for 1 person" });
    await t.until(() => t.sandbox.member("u7@acme.example")?.role === "NO");
    expect(await ask("holds", "reject", "--all")).toMatchObject({ code: 0, out: "rejected for 11 people" });
    await t.until(async () => (await t.settled()).held === 0);
    expect(t.sandbox.member("u1@acme.example")?.role).toBe("AN");
    expect(await ask("holds", "approve", "--all")).toMatchObject({ code: 1 });
  });

  test("reconcile: carries out exactly the plan of the digest, and no other", async () => {
    await emptied();
    const digest = /digest (\S+)/.exec((await ask("plan")).out)?.[1] ?? "";
    const other = "0".repeat(64);
    expect(await ask("reconcile", "--expect", other)).toMatchObject({
      code: 4,
      err: expect.stringContaining("another"),
    });
    expect(t.sandbox.member("u1@acme.example")?.role).toBe("AN");
    expect(await ask("reconcile", "--expect", digest)).toMatchObject({
      code: 0,
      out: "the plan is carried out: 12 people",
    });
    await t.until(() => ids.every((_id, index) => t.sandbox.member(`u${index}@acme.example`)?.role === "NO"));
    await t.until(async () => (await t.settled()).held === 0);
    expect(await ask("reconcile")).toMatchObject({ code: 0, out: "12 people looked at anew" });
  });

  test("drift: whose role was changed at Label Studio", async () => {
    expect(await ask("drift")).toMatchObject({ code: 0, out: "Nobody's role differs from what the mapping says." });
    t.sandbox.setRole("u2@acme.example", "MA", "saml");
    await t.restart();
    await t.until(async () => (await t.settled()).warnings === 1);
    expect(await ask("drift")).toMatchObject({
      code: 3,
      out: expect.stringMatching(/^u2@acme\.example {2}MA \(mapping: AN\) .*\(saml\)/),
    });
  });

  test("pause, status, resume, retry", async () => {
    expect((await ask("pause")).out).toMatch(/^paused since \S+: only deactivations are sent\n0 people wait$/);
    expect((await ask("status")).out).toMatch(/^paused since /m);
    expect((await ask("resume")).out).toMatch(/^resumed; it was paused since /);
    expect(await ask("resume")).toMatchObject({ code: 0, out: "nothing was paused" });
    t.sandbox.inject({ kind: "forbidden", detail: "not now" }, { method: "PATCH", times: 1 });
    await t.scim("POST", "/Groups", group("LS Managers", ids.slice(0, 1)));
    await t.until(async () => (await t.status()).failing === 1);
    expect(await ask("status", "--people")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^failing {2}u0@acme/m),
    });
    expect(await ask("retry")).toMatchObject({ code: 0, out: "1 person is tried again now" });
    await t.until(() => t.sandbox.member("u0@acme.example")?.role === "MA");
  });

  test("pause --all: says how many deactivations wait", async () => {
    expect((await ask("pause", "--all")).out).toMatch(/not even deactivations\n0 people wait, 0 of them/);
    // The loop looks ten times a second.
    await delay(200);
    await t.scim("DELETE", `/Users/${ids[1]}`);
    expect((await ask("status")).out).toMatch(/leavers too\n1 to be deactivated or deleted wait/);
    expect((await ask("pause", "--all")).out).toMatch(/1 person waits, 1 of them to be deactivated or deleted$/);
    await ask("resume");
    await t.until(() => t.sandbox.member("u1@acme.example")?.deleted === true);
  });

  test("--json: one document from each decision", async () => {
    await emptied();
    const json = async (...args: readonly string[]) => JSON.parse((await ask(...args, "--json")).out) as unknown;
    expect(await json("holds", "approve", "u7@acme.example")).toEqual({ decision: "approved", people: 1 });
    expect(await json("holds", "reject", "--all")).toEqual({ decision: "rejected", people: 11 });
    // Whoever is in hand when a pause begins waits for another try.
    await t.settled();
    expect(await json("pause")).toMatchObject({ paused: { all: false }, leavers: 0 });
    expect(await json("resume")).toMatchObject({ paused: { all: false } });
    expect(await json("resume")).toEqual({ paused: null });
    expect(await json("retry")).toEqual({ people: 0 });
    expect(await json("forget", "u1@acme.example")).toEqual({ erased: 0, unfinished: 0, living: 1 });
    expect(await json("reconcile")).toEqual({ people: 12 });
    expect(await json("reconcile", "--wait")).toEqual({ people: 12, held: 0, failing: 0 });
    expect(await json("reconcile", "--expect", "0")).toMatchObject({ error: expect.stringContaining("another") });
  });

  test("holds: whoever is protected and has left comes first", async () => {
    for (const name of ["stays", "left"]) t.sandbox.addMember({ email: `${name}@acme.example`, role: "OW" });
    await t.restart();
    const [stays, left] = [await add("stays@acme.example"), await add("left@acme.example")];
    await t.scim("POST", "/Groups", group("LS Reviewers", [stays, left]));
    await t.scim("PATCH", `/Users/${left}`, patch({ op: "replace", path: "active", value: false }));
    await t.settled();
    expect((await ask("holds")).out).toMatch(/protected {2}left@[^]*protected {2}stays@/);
    expect((await ask("status", "--people")).out).toMatch(/held +left@[^]*held +stays@/);
  });

  test("forget: nothing is left of whom the identity provider has deleted, and nobody living is touched", async () => {
    expect(await ask("forget", "u1@acme.example")).toMatchObject({ code: 4, err: expect.stringContaining("1 living") });
    await t.scim("DELETE", `/Users/${ids[1]}`);
    await t.settled();
    expect(await ask("forget", "U1@acme.example")).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^1 person erased/),
    });
    expect(await ask("explain", "u1@acme.example")).toMatchObject({ code: 1 });
  });

  test("forget: not while they are still at work", async () => {
    for (const id of ids) await t.scim("DELETE", `/Users/${id}`);
    expect((await t.settled()).held).toBeGreaterThan(0);
    const { holds } = await t.admin("GET", "/holds");
    const [held] = (holds ?? []) as readonly { readonly personId: string }[];
    const index = ids.indexOf(held?.personId ?? "");
    expect(await ask("forget", `u${index}@acme.example`)).toMatchObject({
      code: 4,
      err: expect.stringContaining("not done yet"),
    });
    await t.admin("POST", "/holds/approve", { all: true });
    await t.until(() => t.sandbox.member(`u${index}@acme.example`)?.deleted === true);
    await t.settled();
    expect(await ask("forget", `u${index}@acme.example`)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^1 person/),
    });
  });
});
