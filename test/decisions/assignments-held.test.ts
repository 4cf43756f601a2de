// Too many who are taken out of something at once: who is counted, and what a hold outlives.
import { afterEach, expect, test } from "@jest/globals";
import { patch } from "../support/bridge.js";
import { crews, email, SECTIONS, type Crews } from "../support/crews.js";

let c: Crews;
const begin = async (...how: Parameters<typeof crews>): Promise<Crews> => (c = await crews(...how));
afterEach(() => c.t.close());

const without = (ids: readonly string[]) =>
  patch({ op: "remove", path: "members", value: ids.map((value) => ({ value })) });

test("who is put into something at the same time is counted all the same", async () => {
  const { ids } = await begin(30, SECTIONS.replace(/tags:[^]*/, "") + MOVING);
  const vision = (await c.put("Crew Vision", ids)).body.id;
  await c.put("LS Annotators", ids);
  await c.t.settled(20_000);
  await c.t.scim("PATCH", `/Groups/${vision}`, patch({ op: "replace", path: "displayName", value: "Crew Language" }));
  expect(await c.t.settled(20_000)).toMatchObject({ held: 30 });
  expect(c.workspace("Vision")).toHaveLength(30);
});

const MOVING = `workspaces:
  rules:
    - { group: "Crew Vision", workspace: Vision }
    - { group: "Crew Language", workspace: Language }
`;

test("what is held and becomes more is counted anew, not let go", async () => {
  const { ids } = await begin(30);
  await c.put("LS Annotators", ids);
  const vision = (await c.put("Crew Vision", ids)).body.id;
  const night = (await c.put("Crew Night", ids)).body.id;
  await c.t.settled(20_000);
  await c.t.scim("PATCH", `/Groups/${vision}`, without(ids.slice(0, 20)));
  expect(await c.t.settled(20_000)).toMatchObject({ held: 20 });
  await c.t.scim("PATCH", `/Groups/${night}`, without(ids.slice(0, 20)));
  expect(await c.t.settled(20_000)).toMatchObject({ held: 20 });
  expect(c.workspace("Vision")).toHaveLength(30);
  c.t.sandbox.rename("workspace", 5, "Seeing");
  await c.t.restart({ mapping: SECTIONS.replace("workspace: vision", "workspace: 5") });
  expect(await c.t.settled(20_000)).toMatchObject({ held: 20 });
  expect(c.workspace("Seeing")).toHaveLength(30);
});

test("a hold ends with the person's deactivation, and with the sections", async () => {
  const { ids } = await begin(30);
  await c.put("LS Annotators", ids);
  const vision = (await c.put("Crew Vision", ids)).body.id;
  await c.t.settled(20_000);
  await c.t.scim("PATCH", `/Groups/${vision}`, without(ids.slice(0, 20)));
  await c.t.settled(20_000);
  await c.t.scim("PATCH", `/Users/${ids[0]}`, patch({ op: "replace", path: "active", value: false }));
  await c.t.scim("DELETE", `/Users/${ids[1]}`);
  await c.t.settled(20_000);
  expect((await c.t.admin("GET", "/holds")).holds).toHaveLength(18);
  await c.t.remap(SECTIONS.slice(0, SECTIONS.indexOf("tags:")));
  expect(await c.t.settled(20_000)).toMatchObject({ held: 0 });
  expect((await c.t.admin("GET", "/holds")).holds).toHaveLength(0);
});

test("protected people are not counted: nothing is done to them", async () => {
  const { ids } = await begin(30);
  await c.put("LS Annotators", ids);
  const vision = (await c.put("Crew Vision", ids)).body.id;
  await c.t.settled(20_000);
  const people = ids.slice(5, 20).map((_, index) => email(index + 5));
  await c.t.restart({ mapping: `${SECTIONS}protect: { people: [${people.join(", ")}] }\n` });
  await c.t.settled(20_000);
  await c.t.scim("PATCH", `/Groups/${vision}`, without(ids.slice(0, 20)));
  expect(await c.t.settled(20_000)).toMatchObject({ held: 15 });
  expect(c.workspace("Vision")).toHaveLength(25);
});

test("an approved plan changes role and assignments of the same people", async () => {
  const { ids } = await begin(30);
  await c.put("LS Annotators", ids);
  const reviewers = (await c.put("LS Reviewers", ids)).body.id;
  const vision = (await c.put("Crew Vision", ids)).body.id;
  await c.t.settled(20_000);
  expect(c.project(42)?.roles).toMatchObject({ [email(0)]: "RE" });
  await c.t.admin("POST", "/pause", { all: true });
  await c.t.scim("PATCH", `/Groups/${reviewers}`, without(ids.slice(0, 20)));
  await c.t.scim("PATCH", `/Groups/${vision}`, without(ids.slice(0, 20)));
  const { digest } = (await c.t.admin("GET", "/plan")) as unknown as { digest: string };
  await c.t.admin("POST", "/reconcile", { expect: digest });
  await c.t.admin("POST", "/resume");
  expect(await c.t.settled(20_000)).toMatchObject({ held: 0, converged: 30 });
  expect(c.workspace("Vision")).toHaveLength(10);
  expect(c.t.sandbox.member(email(0))?.role).toBe("AN");
});

test("who is failing for a name that is not there can be decided about all the same", async () => {
  const { ids } = await begin(30, SECTIONS.replace("create: true", "create: false"));
  await c.put("LS Annotators", ids);
  await c.put("Crew Night", ids.slice(0, 5));
  const vision = (await c.put("Crew Vision", ids)).body.id;
  expect(await c.t.settled(20_000)).toMatchObject({ failing: 5 });
  await c.t.scim("PATCH", `/Groups/${vision}`, without(ids.slice(0, 20)));
  expect(await c.t.settled(20_000)).toMatchObject({ failing: 5, held: 15 });
  expect((await c.t.admin("GET", "/holds")).holds).toHaveLength(20);
  expect(c.workspace("Vision")).toHaveLength(30);
  expect(await c.t.admin("POST", "/holds/approve", { all: true })).toEqual({ people: 20 });
  await c.t.until(() => c.workspace("Vision").length === 10);
  expect(await c.t.settled(20_000)).toMatchObject({ failing: 5, held: 0 });
  expect((await c.t.admin("GET", "/holds")).holds).toHaveLength(0);
});

test("what an operator has rejected stays so when the same person's role is held", async () => {
  const { ids } = await begin(30, SECTIONS.slice(0, SECTIONS.indexOf("projects:")));
  await c.put("LS Annotators", ids);
  const reviewers = (await c.put("LS Reviewers", ids)).body.id;
  const vision = (await c.put("Crew Vision", ids)).body.id;
  await c.t.settled(20_000);
  await c.t.scim("PATCH", `/Groups/${vision}`, without(ids.slice(0, 20)));
  expect(await c.t.settled(20_000)).toMatchObject({ held: 20 });
  await c.t.admin("POST", "/holds/reject", { all: true });
  expect(await c.t.settled(20_000)).toMatchObject({ held: 0 });
  await c.t.scim("PATCH", `/Groups/${reviewers}`, without(ids.slice(0, 20)));
  expect(await c.t.settled(20_000)).toMatchObject({ held: 20 });
  expect((await c.t.admin("GET", "/holds")).holds).toHaveLength(40);
  expect(await c.t.admin("GET", `/explain?of=${email(0)}`)).toMatchObject({
    hold: { decision: "waiting", from: "RE", to: "AN" },
    assignHold: { decision: "rejected", to: "-workspace Vision" },
  });
  await c.t.admin("POST", "/holds/approve", { all: true });
  expect(await c.t.settled(20_000)).toMatchObject({ held: 0, converged: 30 });
  expect(c.t.sandbox.member(email(0))?.role).toBe("AN");
  expect(c.workspace("Vision")).toHaveLength(30);
});

test("what is approved of somebody's assignments leaves what was rejected of their role", async () => {
  const { ids } = await begin(30, SECTIONS.slice(0, SECTIONS.indexOf("projects:")));
  await c.put("LS Annotators", ids);
  const reviewers = (await c.put("LS Reviewers", ids)).body.id;
  await c.put("Crew Vision", ids);
  await c.t.settled(20_000);
  await c.t.scim("PATCH", `/Groups/${reviewers}`, without(ids.slice(0, 20)));
  await c.t.settled(20_000);
  await c.t.admin("POST", "/holds/reject", { all: true });
  await c.t.settled(20_000);
  await c.t.remap(SECTIONS.replace('"Crew Vision", workspace', '"Crew Night", workspace'));
  expect(await c.t.settled(20_000)).toMatchObject({ held: 30 });
  await c.t.admin("POST", "/holds/approve", { all: true });
  expect(await c.t.settled(20_000)).toMatchObject({ held: 0, converged: 30 });
  expect(c.workspace("Vision")).toHaveLength(0);
  expect(c.t.sandbox.member(email(0))?.role).toBe("RE");
});
