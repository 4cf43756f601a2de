import { describe, expect, test } from "@jest/globals";
import { emails, isHtml404, MEMBERS, open, rows, SEED, type Row } from "./api.js";

const TAGS = "/api/organizations/1/member-tags";
const ASSIGN = `${TAGS}/assignments`;
const VISION = "/api/workspaces/5/memberships/";
const STREET = "/api/projects/42/members/";
const ANN = "ann@x.example";

const where = (found: readonly { readonly title: string; readonly members: readonly string[] }[], title: string) =>
  found.find((place) => place.title === title)?.members;

describe("tags", () => {
  test("have unique labels, in pages of 30 and of 100 at most", async () => {
    const { send, get } = await open();
    const labels = Array.from({ length: 120 }, (_, at) => `tag ${at}`);
    expect((await send("POST", TAGS, { label: "Night" })).status).toBe(201);
    expect((await send("POST", TAGS, { label: "night" })).status).toBe(400);
    expect((await send("POST", `${TAGS}/bulk`, { labels: [...labels, "NIGHT", "tag 1"] })).body).toEqual({
      created: 120,
    });
    expect(rows(await get(TAGS))).toHaveLength(30);
    expect(rows(await get(`${TAGS}?page_size=500`))).toHaveLength(100);
    expect((await get(`${TAGS}?search=NIGHT`)).body).toMatchObject({ count: 1, results: [{ label: "Night" }] });
  });

  test("are added, or replaced with overwrite, for those included", async () => {
    const { sandbox, send, get } = await open({ seed: SEED });
    const [one, two] = [sandbox.addTag("one"), sandbox.addTag("two")];
    const included = [1, 3];
    const assign = (tags: readonly number[], overwrite: boolean) =>
      send("POST", ASSIGN, { all: false, included, excluded: [], tags, overwrite });
    expect((await assign([one, two], false)).body).toEqual({ assigned: 4 });
    sandbox.set({ counts: "changed" });
    expect((await assign([one], false)).body).toEqual({ assigned: 0 });
    await assign([two], true);
    expect(sandbox.tags().map(({ members }) => members)).toEqual([[], [ANN, "owner@x.example"]]);
    expect(emails(await get(`${MEMBERS}?tags=${two}`))).toEqual([ANN, "owner@x.example"]);
    expect(rows(await get(`${MEMBERS}?search=ann`))[0]).toMatchObject({ tags: [{ id: two, label: "two" }] });
    await assign([], true);
    expect(sandbox.tags().flatMap(({ members }) => members)).toEqual([]);
  });

  test("with all go to everybody whom the filters of the query name, less the excluded", async () => {
    const { sandbox, send } = await open({ seed: SEED });
    const tags = [sandbox.addTag("one")];
    await send("POST", `${ASSIGN}?role=AD,AN`, { all: true, excluded: [2], tags });
    expect(sandbox.tags()[0]?.members).toEqual([ANN]);
  });

  test("go to nobody with a stranger among them, or to the others", async () => {
    const { sandbox, send } = await open({ seed: SEED });
    const body = { all: false, included: [3, 99], tags: [sandbox.addTag("one")] };
    expect(await send("POST", ASSIGN, body)).toMatchObject({ status: 400 });
    expect(sandbox.tags()[0]?.members).toEqual([]);
    sandbox.set({ strangers: "skipped" });
    expect(await send("POST", ASSIGN, body)).toMatchObject({ status: 200, body: { assigned: 1 } });
  });
});

describe("workspaces", () => {
  test("are listed without personal ones unless asked for; archived ones as the filter says", async () => {
    const { get } = await open();
    const titles = async (query: string) =>
      ((await get(`/api/workspaces/${query}`)).body as unknown as readonly Row[]).map(({ title }) => title);
    expect(await titles("")).toEqual(["Vision", "Language", "Legacy"]);
    expect(await titles("?include_all_workspaces=true&is_archived=false")).toEqual(["Vision", "Language", "Scratch"]);
  });

  test("take members one by one and in bulk, and let them go by the query", async () => {
    const { sandbox, send, get } = await open({ seed: SEED });
    const members = () => where(sandbox.workspaces(), "Vision");
    expect(await send("POST", VISION, { user: 3 })).toMatchObject({ status: 200, body: { user: 3, workspace: 5 } });
    expect((await send("POST", `${VISION}bulk/`, { all: false, included: [1, 3] })).body).toEqual({ assignments: 2 });
    expect(members()).toEqual([ANN, "owner@x.example"]);
    expect((await get(`${VISION}paginated/?ids=3`)).body).toMatchObject({ count: 1, results: [{ id: 3 }] });
    expect((await send("DELETE", `${VISION}bulk/`, { all: false, included: [1] })).status).toBe(400);
    expect((await send("DELETE", `${VISION}bulk/?all=false&included=1,2`)).body).toEqual({ unassignments: 2 });
    expect((await send("DELETE", `${VISION}?user_id=3`)).status).toBe(204);
    expect((await send("DELETE", `${VISION}?user_id=3`)).status).toBe(404);
    expect(members()).toEqual([]);
  });

  test("of which only SCIM and SAML may change the members answer 403", async () => {
    const { sandbox, send, get } = await open({ seed: SEED, manualWorkspaceManagement: false });
    expect((await send("POST", VISION, { user: 3 })).status).toBe(403);
    expect((await send("POST", `${VISION}bulk/`, { all: false, included: [3] })).status).toBe(403);
    expect(where(sandbox.workspaces(), "Vision")).toEqual([]);
    expect((await get("/api/organizations/1")).body["billing"]).toMatchObject({ manual_workspace_management: false });
  });
});

describe("projects", () => {
  test("are found by id, and by a part of the title", async () => {
    const { get } = await open();
    const found = async (query: string) => rows(await get(`/api/projects/?${query}`)).map(({ id }) => id);
    expect(await found("title=STREET")).toEqual([42, 43]);
    expect(await found("ids=44,43")).toEqual([43, 44]);
  });

  test("take members with roles in one call; members of the workspace are implicit", async () => {
    const { sandbox, send, get } = await open({ seed: [...SEED, { email: "bob@x.example", role: "AN" }] });
    sandbox.joinWorkspace("bob@x.example", "Vision");
    const body = { all: false, included: [3], roles: [{ user_id: 3, role: "RE" }] };
    expect((await send("POST", `${STREET}bulk/`, body)).body).toEqual({ assignments: 1, skipped_user_ids: [] });
    expect(sandbox.projects()[0]).toMatchObject({ id: 42, members: [ANN], roles: { [ANN]: "RE" } });
    const people = (await get(`${STREET}paginated/`)).body["results"] as readonly Row[];
    expect(people.map((row) => [row["email"], row["implicit_member"]])).toEqual([
      ["owner@x.example", true],
      ["key@x.example", true],
      [ANN, false],
      ["bob@x.example", true],
    ]);
    expect((await get(`${STREET}paginated/?implicit=false`)).body).toMatchObject({ count: 1 });
    expect(emails(await get(`${MEMBERS}?exclude_project_id=42`))).toEqual([]);
    expect(emails(await get(`${MEMBERS}?exclude_workspace_id=5`))).toEqual([ANN]);
  });

  test("have one role a person, which can be taken away but not changed", async () => {
    const { sandbox, send, get } = await open({ seed: SEED });
    sandbox.joinProject(ANN, 42);
    const role = { user: 3, project: 42, role: "RE" };
    const { status, body } = await send("POST", "/api/projects/roles/", role);
    expect([status, body["role"]]).toEqual([201, "RE"]);
    expect((await send("POST", "/api/projects/roles/", { ...role, role: "AN" })).status).toBe(400);
    expect((await send("DELETE", `/api/projects/roles/${String(body["id"])}/`)).status).toBe(204);
    expect((await get("/api/projects/42/roles")).body).toEqual([]);
  });
});

test("a member's row tells what they have contributed to when asked, and the list who was active when", async () => {
  const lastActivity = "2026-01-01T00:00:00Z";
  const { sandbox, get } = await open({ seed: [...SEED, { email: "old@x.example", role: "AN", lastActivity }] });
  sandbox.contribute(ANN, 42);
  const [ann] = rows(await get(`${MEMBERS}?search=ann&contributed_to_projects=true`));
  expect(ann).toMatchObject({ contributed_to_projects: [{ id: 42, title: "Street scenes" }] });
  expect(rows(await get(`${MEMBERS}?search=ann`))[0]).toMatchObject({ contributed_to_projects: null });
  expect(emails(await get(`${MEMBERS}?user__last_activity__lte=2026-02-01T00:00:00Z`))).toEqual(["old@x.example"]);
  expect(emails(await get(`${MEMBERS}?user__last_activity__gte=2026-02-01T00:00:00Z&role=AN`))).toEqual([ANN]);
});

test("a server of November 2025 has no tags and no bulk calls, and reads whom a DELETE is about from the body", async () => {
  const { sandbox, send, get } = await open({ seed: SEED, generation: "2025" });
  expect(isHtml404(await get(TAGS))).toBe(true);
  expect(isHtml404(await send("POST", `${VISION}bulk/`, { all: false, included: [3] }))).toBe(true);
  await send("POST", VISION, { user: 3 });
  expect((await send("DELETE", `${VISION}?user_id=3`)).status).toBe(400);
  expect((await send("DELETE", VISION, { user_id: 3 })).status).toBe(204);
  expect(where(sandbox.workspaces(), "Vision")).toEqual([]);
  expect(Object.keys(rows(await get(`${MEMBERS}?role=AN&user_type=viewonly&tags=7`))[0] ?? {})).toEqual([
    "id",
    "organization",
    "role",
    "user",
  ]);
});

test.each([false, true])("who is soft-deleted keeps what they were assigned to: %s", async (assignmentsStay) => {
  const { sandbox, send } = await open({ seed: SEED, assignmentsStay });
  sandbox.tag(ANN, "one");
  sandbox.joinWorkspace(ANN, "Vision");
  sandbox.joinProject(ANN, 42, "RE");
  await send("DELETE", `${MEMBERS}/3/`);
  const left = [sandbox.tags()[0]?.members, where(sandbox.workspaces(), "Vision"), sandbox.projects()[0]?.members];
  expect(left).toEqual(assignmentsStay ? [[ANN], [ANN], [ANN]] : [[], [], []]);
});
