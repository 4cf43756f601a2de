import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox, type SandboxMember } from "../../src/sandbox/index.js";
import { group, patch, user } from "../support/bridge.js";
import { scim, settingsFor, settled, until, workplace, type Workplace } from "../support/program.js";

const ADA = "ada.lovelace@acme.example";

let here: Workplace;
let sandbox: Sandbox;
let url: string;
let before: readonly SandboxMember[];
const ids = { ada: "", annotators: "", admins: "" };
beforeAll(async () => {
  here = await workplace();
  sandbox = await startSandbox();
  before = sandbox.members();
  url = await here.start(settingsFor(sandbox), "serve").listening();
  await settled(url);
  const everybodyRead = () => sandbox.calls.find(({ path, status }) => path === MEMBERSHIPS && status === 200);
  await until(everybodyRead, () => "the first complete read");
  sandbox.clearCalls();
});
afterAll(async () => {
  await here.close();
  await sandbox.close();
});

const MEMBERSHIPS = "/api/organizations/1/memberships";
/** Who is Owner now: read before what could demote one, unless that has been read in the last 5 s. */
const OWNERS = `GET ${MEMBERSHIPS} {"role":"OW","page":"1","page_size":"500"}`;

const written = (part: unknown): string =>
  part === undefined || JSON.stringify(part) === "{}" ? "" : ` ${JSON.stringify(part)}`;

const FRESH_MS = 5_000;
let ownersReadAt = -Infinity;

/** Waits for the effect; nobody else may have changed. Answers her role and every call that it took, but for OWNERS. */
async function effect(): Promise<{ role: string | undefined; calls: readonly string[] }> {
  await settled(url);
  const calls: string[] = [];
  for (const { method, path, query, body, at } of sandbox.calls) {
    const call = `${method} ${path}${written(query)}${written(body)}`;
    if (call !== OWNERS) calls.push(call);
    else expect(at - ownersReadAt).toBeGreaterThan(FRESH_MS - 1_000);
    if (call === OWNERS) ownersReadAt = at;
  }
  sandbox.clearCalls();
  const others = sandbox.members().filter(({ email }) => email !== ADA);
  expect(others).toEqual(before);
  return { role: sandbox.members().find(({ email }) => email === ADA)?.role, calls };
}

/** The same; nobody may be lowered by what is known of Owners from long ago. */
async function lowering(): ReturnType<typeof effect> {
  const since = Date.now();
  const result = await effect();
  expect(since - ownersReadAt).toBeLessThanOrEqual(FRESH_MS);
  return result;
}

const roleUpdate = (role: string): string =>
  `PATCH ${MEMBERSHIPS} ${JSON.stringify({ user_id: sandbox.member(ADA)?.userId, role })}`;

test("create: one look for her, one account, the default role", async () => {
  const name = { givenName: "Ada", familyName: "Lovelace" };
  const answer = await scim(url, "POST", "/Users", user(ADA, { name }));
  expect(answer.status).toBe(201);
  ids.ada = answer.body.id;
  const account = { username: ADA, email: ADA, first_name: "Ada", last_name: "Lovelace", active_organization: 1 };
  const search = { search: ADA, page: "1", page_size: "100" };
  expect(await effect()).toEqual({
    role: "NO",
    calls: [`GET ${MEMBERSHIPS}${written(search)}`, `POST /api/users/${written(account)}`],
  });
});

test("group: one look at the seats, one role update", async () => {
  const answer = await scim(url, "POST", "/Groups", group("LS Annotators", [ids.ada]));
  expect(answer.status).toBe(201);
  ids.annotators = answer.body.id;
  expect(await effect()).toEqual({ role: "AN", calls: ["GET /api/billing/info", roleUpdate("AN")] });
});

test("an empty group: no call; in it: its higher role", async () => {
  const answer = await scim(url, "POST", "/Groups", group("LS Admins"));
  expect(answer.status).toBe(201);
  ids.admins = answer.body.id;
  expect(await effect()).toEqual({ role: "AN", calls: [] });
  const add = patch({ op: "add", path: "members", value: [{ value: ids.ada }] });
  expect((await scim(url, "PATCH", `/Groups/${ids.admins}`, add)).status).toBe(204);
  expect(await effect()).toEqual({ role: "AD", calls: [roleUpdate("AD")] });
});

test("removal: the lower role", async () => {
  const remove = patch({ op: "remove", path: `members[value eq "${ids.ada}"]` });
  expect((await scim(url, "PATCH", `/Groups/${ids.admins}`, remove)).status).toBe(204);
  expect(await lowering()).toEqual({ role: "AN", calls: [roleUpdate("AN")] });
});

test("deactivation: DI, and she stays in her group", async () => {
  const off = patch({ op: "Replace", path: "active", value: "False" });
  expect((await scim(url, "PATCH", `/Users/${ids.ada}`, off)).status).toBe(200);
  expect(await lowering()).toEqual({ role: "DI", calls: [roleUpdate("DI")] });
  expect((await scim(url, "GET", `/Users/${ids.ada}`)).body["groups"]).toMatchObject([{ value: ids.annotators }]);
});

test("reactivation: the mapped role", async () => {
  const on = patch({ op: "replace", value: { active: true } });
  expect((await scim(url, "PATCH", `/Users/${ids.ada}`, on)).status).toBe(200);
  expect(await effect()).toEqual({ role: "AN", calls: [roleUpdate("AN")] });
});

test("delete: one soft delete, and she is gone from directory and group", async () => {
  const { userId } = sandbox.member(ADA) ?? { userId: 0 };
  expect((await scim(url, "DELETE", `/Users/${ids.ada}`)).status).toBe(204);
  const { role, calls } = await lowering();
  expect(role).toBeUndefined();
  expect(sandbox.member(ADA)).toMatchObject({ deleted: true });
  expect((await scim(url, "GET", `/Users/${ids.ada}`)).status).toBe(404);
  expect((await scim(url, "GET", `/Groups/${ids.annotators}`)).body["members"] ?? []).toEqual([]);
  expect(calls).toEqual([`DELETE ${MEMBERSHIPS}/${userId}/`]);
});
