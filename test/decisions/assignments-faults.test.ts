// One bad name, one bad answer, one slow call: nobody else is to suffer from it.
import { afterEach, expect, test } from "@jest/globals";
import { patch } from "../support/bridge.js";
import { crews, email, SECTIONS, type Crews } from "../support/crews.js";

let c: Crews;
const begin = async (...how: Parameters<typeof crews>): Promise<Crews> => (c = await crews(...how));
afterEach(() => c.t.close());

const set = (id: string | undefined, value: string) =>
  c.t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "department", value }));

test("a label that Label Studio does not take makes only its person failing", async () => {
  const { ids } = await begin(3);
  await set(ids[0], "x".repeat(300));
  await set(ids[1], "Day");
  await c.put("Crew Vision", ids);
  expect(await c.t.settled(30_000)).toMatchObject({ converged: 2, failing: 1 });
  expect(c.workspace("Vision")).toEqual([email(0), email(1), email(2)]);
  expect(c.tag("dept-Day")).toEqual([email(1)]);
});

test("while tags cannot be made, everything else is done", async () => {
  const { ids } = await begin(2);
  c.t.sandbox.inject({ kind: "status", status: 503 }, { method: "POST", path: /member-tags/, times: 4 });
  await set(ids[0], "Day");
  await c.put("Crew Vision", ids);
  await c.t.until(() => c.workspace("Vision").length === 2);
  expect(c.tag("dept-Day")).toEqual([]);
  expect(await c.t.settled(60_000)).toMatchObject({ converged: 2, failing: 0 });
  expect(c.tag("dept-Day")).toEqual([email(0)]);
});

test("what was joined by a call whose answer was lost is the bridge's to take away, whatever is read meanwhile", async () => {
  const { ids } = await begin(1, WORKSPACES);
  await c.put("LS Annotators", ids);
  await c.t.settled(10_000);
  c.t.sandbox.inject({ kind: "reset", afterEffect: true }, { method: "POST", path: /memberships.bulk/ });
  const vision = (await c.put("Crew Vision", ids)).body.id;
  await c.t.until(() => c.workspace("Vision").length === 1);
  await c.t.restart();
  await c.t.settled(60_000);
  await c.take(vision, ids[0]);
  await c.t.settled(10_000);
  expect(c.workspace("Vision")).toEqual([]);
});

test("calls that Label Studio carries out and never answers in time are not sent for ever", async () => {
  const { ids } = await begin(3);
  await c.put("LS Annotators", ids);
  await c.t.settled(10_000);
  const path = /memberships.bulk|members.bulk|member-tags.assignments/;
  c.t.sandbox.inject({ kind: "reset", afterEffect: true }, { method: "POST", path, times: 50 });
  await c.put("Crew Vision", ids);
  await c.put("Crew Night", ids);
  expect(await c.t.settled(60_000)).toMatchObject({ converged: 3, failing: 0 });
  expect([c.workspace("Vision"), c.tag("night-shift"), c.project(42)?.members]).toEqual(
    [1, 2, 3].map(() => [0, 1, 2].map(email)),
  );
});

test("when it cannot be read which tags somebody has, everything else is done, and they are tried again", async () => {
  const { ids } = await begin(2);
  await set(ids[0], "Day");
  await c.t.settled(10_000);
  c.t.sandbox.inject(
    { kind: "status", status: 503 },
    { method: "GET", path: /organizations\/\d+\/memberships/, times: 8 },
  );
  await set(ids[0], "Night");
  await c.put("Crew Vision", ids);
  expect(await c.t.settled(60_000)).toMatchObject({ converged: 2 });
  expect(c.tag("dept-Day")).toEqual([]);
  expect(c.tag("dept-Night")).toEqual([email(0)]);
  expect(c.workspace("Vision")).toEqual([email(0), email(1)]);
});

test("nobody's deactivation waits for the calls of a batch", async () => {
  const { ids } = await begin(40, WORKSPACES, { generation: "2025" });
  await c.put("LS Annotators", ids);
  await c.t.settled(20_000);
  await c.t.restart({ environment: { LABEL_STUDIO_MAX_RPS: "1" } });
  await c.t.settled(20_000);
  await c.put("Crew Vision", ids);
  for (let waited = 0; c.workspace("Vision").length < 4 && waited < 60; waited++) await c.t.clock.advance(1_000);
  await c.t.scim("PATCH", `/Users/${ids[39]}`, patch({ op: "replace", path: "active", value: false }));
  await c.t.clock.advance(3_000);
  expect(c.workspace("Vision").length).toBeLessThan(20);
  expect(c.t.sandbox.member(email(39))?.role).toBe("DI");
  expect(await c.t.settled(200_000)).toMatchObject({ converged: 40, failing: 0 });
  expect((await c.t.scim("GET", `/Users/${ids[39]}`)).body).toMatchObject({ active: false });
  expect(c.t.sandbox.member(email(39))?.role).toBe("DI");
});

test("whom a pause keeps from their turn in a batch waits, and is not failing", async () => {
  const { ids } = await begin(20, WORKSPACES, { generation: "2025" });
  await c.t.restart({ environment: { LABEL_STUDIO_MAX_RPS: "1" } });
  await c.t.settled(40_000);
  await c.put("Crew Vision", ids);
  for (let waited = 0; c.workspace("Vision").length < 2 && waited < 60; waited++) await c.t.clock.advance(1_000);
  await c.t.admin("POST", "/pause");
  await c.t.clock.advance(20_000);
  expect(c.workspace("Vision").length).toBeLessThan(20);
  expect(await c.t.status()).toMatchObject({ pending: 20, failing: 0 });
  await c.t.admin("POST", "/resume");
  expect(await c.t.settled(60_000)).toMatchObject({ converged: 20, failing: 0 });
  expect(c.workspace("Vision")).toHaveLength(20);
});

const WORKSPACES = SECTIONS.replace(
  /tags:[^]*/,
  `workspaces:
  rules:
    - { group: "Crew Vision", workspace: vision }
`,
);

test("who was failing and is well again is told so", async () => {
  const { ids } = await begin(1, WORKSPACES);
  await c.t.restart({ environment: { RECONCILE_INTERVAL: "1m" } });
  c.t.sandbox.rename("workspace", 5, "Seeing");
  await c.t.clock.advance(70_000);
  await c.put("Crew Vision", ids);
  expect(await c.t.settled(10_000)).toMatchObject({ failing: 1 });
  c.t.sandbox.rename("workspace", 5, "Vision");
  await c.t.clock.advance(20 * 60_000);
  expect(await c.t.settled(10_000)).toMatchObject({ converged: 1 });
  const { outcome } = (await c.t.admin("GET", `/explain?of=${email(0)}`)) as unknown as { outcome: object };
  expect(outcome).toMatchObject({ state: "converged", reason: expect.not.stringContaining("does not exist") });
  expect(outcome).not.toHaveProperty("lastError");
});

test("a section that cannot be read is asked for again alone", async () => {
  const { ids } = await begin(2, SECTIONS, { tags: "forbidden" });
  await c.put("Crew Vision", ids);
  await c.put("Crew Night", ids);
  await c.t.settled(10_000);
  c.t.sandbox.clearCalls();
  for (let minute = 0; minute < 10; minute++) {
    await c.put(`Crew ${minute}`, ids);
    await c.t.clock.advance(60_000);
  }
  const read = c.t.sandbox.calls.filter(({ path }) => path.includes("/workspaces/5/"));
  expect(read).toHaveLength(0);
});

const PLACES = `workspaces:
  rules:
    - { group: "Crew Vision", workspace: Vision }
    - { group: "Crew Language", workspace: Language }
`;

test("a workspace whose people may not be read is the affair of those whom it is about", async () => {
  const { ids } = await begin(3, WORKSPACES.replace(/workspaces:[^]*/, PLACES));
  c.t.sandbox.inject(
    { kind: "forbidden", detail: "No." },
    { method: "GET", path: /workspaces\/5\/memberships/, times: 90 },
  );
  await c.t.restart();
  await c.put("Crew Vision", ids.slice(0, 2));
  await c.put("Crew Language", ids.slice(1));
  expect(await c.t.settled(10_000)).toMatchObject({ converged: 1, failing: 2 });
  expect(c.workspace("Language")).toEqual([email(1), email(2)]);
  const { people } = await c.t.admin("GET", "/people?state=failing");
  expect(people?.[0]).toMatchObject({ reason: expect.stringContaining("workspaces.members") });
  expect((await c.t.status()).sections).toEqual([
    { section: "workspaces", problem: expect.stringMatching(/^workspace 5 "Vision": workspaces.members .* 403/) },
  ]);
  c.t.sandbox.clearFaults();
  await c.t.clock.advance(3 * 60_000);
  expect(await c.t.settled(10_000)).toMatchObject({ converged: 3, failing: 0, sections: [] });
  expect(c.workspace("Vision")).toEqual([email(0), email(1)]);
});

test("a workspace that is made as the message says, and a tag made anew, are found without a complete read", async () => {
  const mapping = `${SECTIONS}`
    .replace("workspace: vision", "workspace: Later")
    .replace("create: true", "create: false");
  const { ids } = await begin(2, mapping.replace('    - { tag: "dept-{{department}}" }\n', ""));
  c.t.sandbox.addTag("night-shift");
  await c.t.restart({ environment: { RECONCILE_INTERVAL: "off" } });
  await c.put("Crew Vision", ids.slice(0, 1));
  const night = (await c.put("Crew Night", ids.slice(0, 1))).body.id;
  expect(await c.t.settled(10_000)).toMatchObject({ failing: 1, converged: 1 });
  c.t.sandbox.addWorkspace("Later");
  c.t.sandbox.remove("tag", c.t.sandbox.tags().find(({ label }) => label === "night-shift")?.id ?? 0);
  c.t.sandbox.addTag("night-shift");
  await c.t.scim("PATCH", `/Groups/${night}`, patch({ op: "add", path: "members", value: [{ value: ids[1] }] }));
  await c.t.clock.advance(3 * 60_000);
  expect(await c.t.settled(10_000)).toMatchObject({ converged: 2, failing: 0 });
  expect(c.workspace("Later")).toEqual([email(0)]);
  expect(c.tag("night-shift")).toContain(email(1));
});

test("what Label Studio could not answer is asked for again within seconds", async () => {
  const { ids } = await begin(2);
  c.t.sandbox.inject({ kind: "status", status: 503 }, { method: "GET", path: /api\/workspaces/, times: 6 });
  await c.t.restart();
  await c.put("Crew Vision", ids);
  await c.t.settled(20_000);
  expect(c.workspace("Vision")).toEqual([email(0), email(1)]);
});

test("what is removed at Label Studio is missed by those who were in it, and what is made under its name is theirs", async () => {
  const { ids } = await begin(2, SECTIONS, {});
  await c.t.restart({ environment: { RECONCILE_INTERVAL: "1h" } });
  await c.put("Crew Night", ids);
  await c.put("Crew Vision", ids.slice(0, 1));
  await c.t.settled(10_000);
  c.t.sandbox.remove("tag", c.t.sandbox.tags().find(({ label }) => label === "night-shift")?.id ?? 0);
  c.t.sandbox.remove("workspace", 5);
  c.t.sandbox.addTag("night-shift");
  await c.t.clock.advance(3_605_000);
  expect(await c.t.settled(20_000)).toMatchObject({ converged: 1, failing: 1 });
  expect(c.tag("night-shift")).toEqual([email(0), email(1)]);
  c.t.sandbox.addWorkspace("Vision");
  await c.t.clock.advance(3 * 60_000);
  expect(await c.t.settled(10_000)).toMatchObject({ converged: 2, failing: 0 });
  expect(c.workspace("Vision")).toEqual([email(0)]);
});
