// Two processes on one database: both serve SCIM, one runs the loop; jest.config.js runs this on SQLite and on PostgreSQL.
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { group, patch, user, writes } from "../support/bridge.js";
import { putToSleep, startOne, stateOf, untilRole, untilState, wake, type Running } from "../support/fleet.js";
import { everybody, get, scim, workplace, type Workplace } from "../support/program.js";

const LEASE_MS = 5_000;

let here: Workplace;
let sandbox: Sandbox;
let one: Running;
let two: Running;
const start = (): Promise<Running> => startOne(here, sandbox);
const becomes = (userName: string, role: string, withinMs?: number) => untilRole(sandbox, userName, role, withinMs);
beforeEach(async () => {
  here = await workplace();
  sandbox = await startSandbox();
  one = await start();
  await untilState(one, "ok");
  two = await start();
});
afterEach(async () => {
  await here.close();
  await sandbox.close();
});

const create = async ({ url }: Running, userName: string): Promise<string> => {
  const answer = await scim(url, "POST", "/Users", user(userName));
  expect(answer.status).toBe(201);
  return answer.body.id;
};
const add = (...ids: readonly string[]) =>
  patch({ op: "add", path: "members", value: ids.map((value) => ({ value })) });

test("50 PATCHes in flight over both lose nothing; of two creations of one name one is refused", async () => {
  const ids = await Promise.all(
    Array.from({ length: 50 }, (_, n) => create(n % 2 === 0 ? one : two, `p${n}@acme.example`)),
  );
  const { body: created } = await scim(one.url, "POST", "/Groups", group("LS Annotators"));
  const answers = await Promise.all(
    ids.map((id, n) => scim((n % 2 === 0 ? one : two).url, "PATCH", `/Groups/${created.id}`, add(id))),
  );
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 204));
  const { body } = await scim(two.url, "GET", `/Groups/${created.id}`);
  expect((body["members"] as { value: string }[]).map(({ value }) => value).sort()).toEqual([...ids].sort());
  expect((body["meta"] as { version: string }).version).toBe('W/"51"');

  const paths = ["title", "nickName", "locale", "timezone", "userType", "displayName"];
  const [ada = ""] = ids;
  const edits = paths.map((path, n) =>
    scim((n % 2 === 0 ? one : two).url, "PATCH", `/Users/${ada}`, patch({ op: "add", path, value: path })),
  );
  expect((await Promise.all(edits)).map(({ status }) => status)).toEqual(paths.map(() => 200));
  const edited = (await scim(one.url, "GET", `/Users/${ada}`)).body;
  expect(edited).toMatchObject(Object.fromEntries(paths.map((path) => [path, path])));

  for (let round = 0; round < 5; round++) {
    const names = [`Kim${round}@acme.example`, `kim${round}@ACME.example`] as const;
    const both = await Promise.all([
      scim(one.url, "POST", "/Users", user(names[0])),
      scim(two.url, "POST", "/Users", user(names[1])),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
  }
  expect(await everybody(two.url)).toHaveLength(55);
  await becomes("p49@acme.example", "AN", 15_000);
});

test("one of them runs the loop, both are ready; what the other is told is carried out as soon", async () => {
  expect(await stateOf(two)).toBe("standby");
  expect((await get(`${two.url}/readyz`)).status).toBe(200);
  const id = await create(two, "ada@acme.example");
  await becomes("ada@acme.example", "NO");
  await scim(two.url, "PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
  await becomes("ada@acme.example", "DI");
  expect(writes(sandbox.calls).filter((call) => call.startsWith("POST"))).toHaveLength(1);
});

test("who stops in order is followed at once, who dies within seconds", async () => {
  expect((await one.program.stop()).code).toBe(0);
  await untilState(two, "ok", LEASE_MS - 500);
  one = await start();
  expect(await stateOf(one)).toBe("standby");
  await two.program.stop("SIGKILL");
  await create(one, "ada@acme.example");
  await becomes("ada@acme.example", "NO", LEASE_MS + 10_000);
});

test("who has slept through the end of its lease writes nothing when it wakes", async () => {
  const id = await create(one, "ada@acme.example");
  const { body: annotators } = await scim(one.url, "POST", "/Groups", group("LS Annotators", [id]));
  await becomes("ada@acme.example", "AN");
  // Work is under way when it falls asleep, and another change when it wakes.
  sandbox.inject({ kind: "slow", ms: 300 }, { probability: 1 });
  const others = await Promise.all(Array.from({ length: 12 }, (_, n) => create(one, `p${n}@acme.example`)));
  await scim(one.url, "PATCH", `/Groups/${annotators.id}`, add(...others));
  await delay(700);
  await putToSleep(one, two);
  await untilState(two, "ok", LEASE_MS + 10_000);
  sandbox.clearFaults();
  const removal = patch({ op: "remove", path: `members[value eq "${id}"]` });
  expect((await scim(two.url, "PATCH", `/Groups/${annotators.id}`, removal)).status).toBe(204);
  await becomes("ada@acme.example", "NO", 15_000);
  for (const n of others.keys()) await becomes(`p${n}@acme.example`, "AN", 15_000);
  const before = writes(sandbox.calls);
  wake(one);
  await untilState(one, "standby");
  const back = await scim(one.url, "PATCH", `/Groups/${annotators.id}`, add(id));
  expect(back.status).toBe(204);
  await becomes("ada@acme.example", "AN", 15_000);
  const since = writes(sandbox.calls).slice(before.length);
  expect(since).toEqual([expect.stringMatching(/^PATCH .*"role":"AN"/)]);
  expect(sandbox.members().filter(({ email }) => /^p\d/.test(email))).toHaveLength(12);
  expect((await scim(one.url, "GET", `/Users/${id}`)).status).toBe(200);
});
