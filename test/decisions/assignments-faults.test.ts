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
