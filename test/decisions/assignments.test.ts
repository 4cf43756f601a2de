// Tags, workspaces and projects: who is put into what, what is taken away, and in how many calls.
import { afterEach, describe, expect, test } from "@jest/globals";
import type { BridgeEvent } from "../../src/events.js";
import { patch } from "../support/bridge.js";
import { crews, email, SECTIONS, type Crews } from "../support/crews.js";

let c: Crews;
const begin = async (...how: Parameters<typeof crews>): Promise<Crews> => (c = await crews(...how));
afterEach(() => c.t.close());

const exact = (mapping: string): string =>
  mapping.replace("tags:", "tags:\n  manage: exact").replace("workspaces:", "workspaces:\n  manage: exact");

test("groups give tags, workspaces and project roles, and take away what the bridge gave", async () => {
  const { ids } = await begin(3);
  c.t.sandbox.tag(email(0), "by-hand");
  const vision = (await c.put("Crew Vision", ids)).body.id;
  const night = (await c.put("Crew Night", ids.slice(0, 2))).body.id;
  expect(await c.t.settled(10_000)).toMatchObject({ converged: 3, failing: 0, held: 0 });
  expect(c.workspace("Vision")).toEqual([email(0), email(1), email(2)]);
  expect(c.tag("night-shift")).toEqual([email(0), email(1)]);
  expect(c.project(42)).toMatchObject({ roles: { [email(0)]: "AN", [email(1)]: "AN", [email(2)]: "AN" } });
  await c.take(vision, ids[0]);
  await c.take(night, ids[0]);
  await c.t.settled(10_000);
  expect(c.workspace("Vision")).toEqual([email(1), email(2)]);
  expect(c.tag("night-shift")).toEqual([email(1)]);
  expect(c.tag("by-hand")).toEqual([email(0)]);
  expect(c.project(42)?.members).toEqual([email(1), email(2)]);
});

test("what was given by hand stays under additive, and whoever was there already is not taken away later", async () => {
  const { ids } = await begin(2);
  c.t.sandbox.joinWorkspace(email(0), "Vision");
  c.t.sandbox.joinWorkspace(email(1), "Language");
  await c.t.restart();
  const vision = (await c.put("Crew Vision", ids)).body.id;
  await c.t.settled(10_000);
  await c.take(vision, ids[0]);
  await c.take(vision, ids[1]);
  await c.t.settled(10_000);
  expect(c.workspace("Vision")).toEqual([email(0)]);
  expect(c.workspace("Language")).toEqual([email(1)]);
});

test("exact takes away what its rules can name, whoever gave it, and nothing else", async () => {
  const { ids } = await begin(2, exact(SECTIONS));
  await c.put("LS Annotators", ids);
  await c.t.settled();
  c.t.sandbox.joinWorkspace(email(0), "Vision");
  c.t.sandbox.joinWorkspace(email(0), "Language");
  c.t.sandbox.tag(email(1), "dept-old");
  c.t.sandbox.tag(email(1), "by-hand");
  c.t.sandbox.addMember({ email: "stranger@acme.example", role: "AN" });
  c.t.sandbox.joinWorkspace("stranger@acme.example", "Vision");
  await c.t.restart();
  await c.t.settled(10_000);
  expect(c.workspace("Vision")).toEqual(["stranger@acme.example"]);
  expect(c.workspace("Language")).toEqual([email(0)]);
  expect(c.tag("dept-old")).toEqual([]);
  expect(c.tag("by-hand")).toEqual([email(1)]);
});

test.each([
  ["gentle", [email(0)]],
  ["strict", []],
])("adopt: %s, and exact: members whom no rule has matched yet", async (adopt, left) => {
  c = await crews(1, `${exact(SECTIONS)}adopt: ${adopt}\n`);
  c.t.sandbox.joinWorkspace(email(0), "Vision");
  await c.t.restart();
  await c.t.settled(10_000);
  expect(c.workspace("Vision")).toEqual(left);
  await c.put("LS Annotators", c.ids);
  await c.t.settled(10_000);
  expect(c.workspace("Vision")).toEqual([]);
});

test("without rules for roles exact begins with the first match of its own rules", async () => {
  const mapping = "version: 1\nroles: { default: keep }\nworkspaces:\n  manage: exact\n  rules:\n";
  const rules = ["Vision", "Language"].map((title) => `    - { group: "Crew ${title}", workspace: ${title} }\n`);
  c = await crews(1, mapping + rules.join(""));
  c.t.sandbox.joinWorkspace(email(0), "Vision");
  await c.t.restart();
  await c.t.settled(10_000);
  expect(c.workspace("Vision")).toEqual([email(0)]);
  const language = (await c.put("Crew Language", c.ids)).body.id;
  await c.t.settled(10_000);
  expect([c.workspace("Vision"), c.workspace("Language")]).toEqual([[], [email(0)]]);
  await c.take(language, c.ids[0]);
  await c.t.settled(10_000);
  expect(c.workspace("Language")).toEqual([]);
});

test("attributes make tags, and another value is another tag", async () => {
  const {
    ids: [id],
  } = await begin(1);
  const set = (value: string) => c.t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "department", value }));
  await set("Night");
  await c.t.settled(10_000);
  expect(c.tag("dept-Night")).toEqual([email(0)]);
  await set("Day");
  await c.t.settled(10_000);
  expect(c.tag("dept-Night")).toEqual([]);
  expect(c.tag("dept-Day")).toEqual([email(0)]);
});

test("the strongest project role wins, and leaving one group leaves the other's", async () => {
  const { ids } = await begin(1);
  await c.put("Crew Vision", ids);
  const reviewers = (await c.put("LS Reviewers", ids)).body.id;
  await c.t.settled(10_000);
  expect(c.project(42)?.roles).toEqual({ [email(0)]: "RE" });
  await c.take(reviewers, ids[0]);
  await c.t.settled(10_000);
  expect(c.project(42)?.roles).toEqual({ [email(0)]: "AN" });
});

test("a deactivated person keeps everything, so that reactivation needs no call; a deletion says what is left", async () => {
  const {
    ids: [id],
  } = await begin(1);
  await c.put("Crew Vision", [id ?? ""]);
  await c.t.settled(10_000);
  const active = (value: boolean) => c.t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value }));
  c.t.sandbox.clearCalls();
  await active(false);
  await c.t.settled();
  expect(c.workspace("Vision")).toEqual([email(0)]);
  await active(true);
  await c.t.settled(10_000);
  expect(c.t.sandbox.member(email(0))?.role).toBe("AN");
  expect(c.assigning()).toBe(0);
  await c.t.scim("DELETE", `/Users/${id}`);
  await c.t.settled();
  const { history } = await c.t.admin("GET", `/explain?of=${email(0)}`);
  expect(history).toContainEqual(
    expect.objectContaining({
      action: "member.left-with",
      detail: expect.objectContaining({ kept: ["project 42 Street scenes as AN", "workspace 5 Vision"] }),
    }),
  );
});

test("a mapping without the rule takes away what the bridge gave by it", async () => {
  const { ids } = await begin(2);
  await c.put("Crew Vision", ids);
  await c.t.settled(10_000);
  c.t.sandbox.joinWorkspace("kim.lee@acme.example", "Vision");
  await c.t.remap(
    SECTIONS.replace('    - { group: "Crew Vision", workspace: vision }\n', "").replace(
      "workspaces:\n  rules:\n",
      "workspaces: {}\n",
    ),
  );
  await c.t.settled(10_000);
  expect(c.workspace("Vision")).toEqual(["kim.lee@acme.example"]);
});

test("log and audit tell whose request it was, which rule gives it, and what has failed", async () => {
  const events: BridgeEvent[] = [];
  const { ids } = await begin(2, SECTIONS, {}, (event) => void events.push(event));
  c.t.sandbox.inject({ kind: "forbidden", detail: "No tags." }, { path: /member-tags.assignments/ });
  const group = (await c.put("Crew Vision", ids)).body.id;
  await c.t.settled(10_000);
  await c.put("Crew Night", ids.slice(0, 1));
  await c.t.settled(10_000);
  const { history } = await c.t.admin("GET", `/explain?of=${email(1)}`);
  const why = { cause: "group.members", origin: `group ${group}`, why: "line 18, 21" };
  expect(history).toContainEqual(
    expect.objectContaining({ action: "member.reassign", detail: expect.objectContaining(why) }),
  );
  const [calls, applied, not] = ["upstream-call", "applied", "not-applied"].map((kind) =>
    events.filter((event) => event.kind === kind),
  ) as [Of<"upstream-call">[], Of<"applied">[], Of<"not-applied">[]];
  const reassigned = applied.filter(({ operation }) => operation === "reassign");
  const requests = new Set(reassigned.map(({ errand }) => errand.requestId));
  expect([reassigned.length, requests.size]).toEqual([2, 1]);
  const joins = calls.filter(({ call }) => call === "workspaces.join" || call === "projects.join");
  expect(joins.map(({ errand }) => errand?.requestId)).toEqual([...requests, ...requests]);
  expect(not.map(({ operation, code }) => [operation, code])).toEqual([["reassign", "TARGET_REFUSED"]]);
});

type Of<Kind extends BridgeEvent["kind"]> = Extract<BridgeEvent, { kind: Kind }>;

describe("a thousand people", () => {
  test("into one tag, one workspace and one project are a handful of calls", async () => {
    const { ids } = await begin(1_000, SECTIONS, {});
    await c.t.settled(30_000);
    c.t.sandbox.clearCalls();
    await c.put("Crew Vision", ids);
    await c.put("Crew Night", ids);
    await c.t.settled(30_000);
    expect(c.tag("night-shift")).toHaveLength(1_000);
    expect(c.workspace("Vision")).toHaveLength(1_000);
    expect(Object.values(c.project(42)?.roles ?? {})).toHaveLength(1_000);
    expect(c.assigning()).toBeLessThanOrEqual(6);
    c.t.sandbox.clearCalls();
    await c.t.restart();
    await c.t.settled(30_000);
    expect(c.assigning()).toBe(0);
  }, 90_000);
});

describe("rails", () => {
  test("too many taken out at once are held whole, told by plan and explain, and let go by an approval", async () => {
    const { ids } = await begin(30);
    await c.put("LS Annotators", ids);
    const vision = (await c.put("Crew Vision", ids)).body.id;
    await c.t.settled(20_000);
    c.t.sandbox.clearCalls();
    await c.t.scim(
      "PATCH",
      `/Groups/${vision}`,
      patch({ op: "remove", path: "members", value: ids.slice(0, 20).map((value) => ({ value })) }),
    );
    expect(await c.t.settled(20_000)).toMatchObject({ held: 20, converged: 10 });
    expect(c.assigning()).toBe(0);
    const { holds } = await c.t.admin("GET", "/holds");
    expect(holds?.[0]).toMatchObject({
      effect: "unassign",
      to: "-workspace Vision, -project Street scenes",
      reason: expect.stringContaining(
        "people taken out of workspaces, projects or tags): 20 of 30 is 67 %, limit 20 %",
      ),
    });
    await c.t.restart();
    expect(await c.t.settled(20_000)).toMatchObject({ held: 20 });
    await c.t.admin("POST", "/holds/reject", { people: [ids[0]] });
    await c.t.admin("POST", "/holds/approve", { origin: `group ${vision}` });
    expect(await c.t.settled(20_000)).toMatchObject({ held: 0, converged: 30 });
    expect(c.workspace("Vision")).toHaveLength(11);
    expect(c.workspace("Vision")).toContain(email(0));
  });

  test("protected people and view-only members are held, and observe mode writes nothing", async () => {
    const { ids } = await begin(2, `${SECTIONS}protect: { people: [${email(0)}] }\n`);
    await c.put("Crew Vision", ids);
    expect(await c.t.settled(10_000)).toMatchObject({ held: 1, converged: 1 });
    expect(c.workspace("Vision")).toEqual([email(1)]);
    await c.t.restart({ environment: { BRIDGE_MODE: "observe" } });
    await c.put("Crew Night", ids.slice(1));
    await c.t.settled(10_000);
    expect(c.tag("night-shift")).toEqual([]);
  });
});

describe("drift", () => {
  const sweepAfter = async (mapping: string) => {
    const { ids } = await begin(1, mapping);
    await c.put("Crew Vision", ids);
    await c.t.settled(10_000);
    c.t.sandbox.leaveWorkspace(email(0), "Vision");
    await c.t.restart();
    await c.t.settled(10_000);
  };

  test("who was taken out by hand is told as a warning, and left so", async () => {
    await sweepAfter(SECTIONS);
    expect(c.workspace("Vision")).toEqual([]);
    const { people: warned } = await c.t.admin("GET", "/people?state=warned");
    expect(warned?.[0]).toMatchObject({ warning: expect.stringContaining('taken out of workspace "Vision"') });
  });

  test("another project role that was given by hand is told too", async () => {
    const { ids } = await begin(1);
    await c.put("LS Reviewers", ids);
    await c.t.settled(10_000);
    c.t.sandbox.joinProject(email(0), 42, "AN");
    await c.t.restart();
    await c.t.settled(10_000);
    expect(c.project(42)?.roles).toEqual({ [email(0)]: "AN" });
    const { people: warned } = await c.t.admin("GET", "/people?state=warned");
    expect(warned?.[0]).toMatchObject({ warning: expect.stringContaining('made AN in project "Street scenes"') });
  });

  test("somebody who takes them out each time is not fought for ever", async () => {
    await sweepAfter(`${SECTIONS}drift: enforce\n`);
    for (let round = 0; round < 3; round++) {
      c.t.sandbox.leaveWorkspace(email(0), "Vision");
      await c.t.restart();
      await c.t.settled(10_000);
    }
    expect(c.workspace("Vision")).toEqual([]);
    const { people: warned } = await c.t.admin("GET", "/people?state=warned");
    expect(warned?.[0]).toMatchObject({ warning: expect.stringContaining("tug-of-war: taken out of workspace") });
  });

  test("enforced, they are put back", async () => {
    await sweepAfter(`${SECTIONS}drift: enforce\n`);
    expect(c.workspace("Vision")).toEqual([email(0)]);
  });
});
