// Who is in hand while the store fails for a neighbour.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Emit } from "../../src/events.js";
import { connectLabelStudio } from "../../src/label-studio/index.js";
import { parseMapping, type Mapping } from "../../src/mapping/index.js";
import type { Clock, Store, Target } from "../../src/ports.js";
import { LEASE_MS } from "../../src/reconcile/leases.js";
import { startLoop } from "../../src/reconcile/loop.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { openStore } from "../../src/store/index.js";
import { aGroup, aUser } from "../conformance/records.js";
import { UNLIMITED, writes } from "../support/bridge.js";
import { fastClock } from "../support/fast-clock.js";

const ADA = "ada@acme.example";
const BOB = "bob@acme.example";

let sandbox: Sandbox;
let store: Store;
let target: Target;
beforeEach(async () => {
  sandbox = await startSandbox();
  store = await openStore({ url: "sqlite::memory:" });
  const { url, apiKey } = sandbox;
  const calls = { clock: fastClock, emit: () => undefined, random: () => 0 };
  target = connectLabelStudio({ url, apiKey, organizationId: undefined, maxRps: 0, ...calls });
});
afterEach(async () => {
  await target.close();
  await sandbox.close();
  await store.close();
});

const mapping = (): Mapping => {
  const parsed = parseMapping(UNLIMITED);
  if (parsed.kind !== "mapping") throw new Error("no mapping");
  return parsed.mapping;
};

/** The first look at Bob after he has been created fails. */
function failing(about: string): Store {
  let failed = false;
  const people: Store["work"]["people"] = (ids) => {
    if (failed || ids.length !== 1 || ids[0] !== about || sandbox.member(BOB) === undefined)
      return store.work.people(ids);
    failed = true;
    return Promise.reject(new Error("the database is away"));
  };
  return { ...store, work: { ...store.work, people } };
}

test("whose lease had ended while the store was away is in hand once", async () => {
  let skipped = 0;
  const clock: Clock = { ...fastClock, now: () => fastClock.now() + skipped };
  await store.transaction((tx) => tx.insertUser(aUser("bob", { userName: BOB })));
  sandbox.addMember({ email: BOB, role: "AN" });
  let away = false;
  const unless = async <T>(answer: () => Promise<T>): Promise<T> => {
    if (away) throw new Error("the database is away");
    return answer();
  };
  const work: Store["work"] = {
    ...store.work,
    people: (ids) => unless(() => store.work.people(ids)),
    retry: (...asked) => unless(() => store.work.retry(...asked)),
  };
  const loop = await startLoop({
    ...{ store: { ...store, work }, target, clock, emit: () => undefined, mapping },
    ...{ observeOnly: false, maxRps: 0, sweepIntervalMs: undefined, server: sandbox.url, fingerprint: "f" },
    random: () => 0,
  });
  const settled = async (): Promise<boolean> => (await store.work.counts(clock.now())).converged === 1;
  while (!(await settled())) await fastClock.sleep(100);
  sandbox.clearCalls();
  sandbox.inject({ kind: "slow", ms: 200 }, { method: "PATCH", times: 9 });
  away = true;
  await store.transaction(async (tx) => {
    const now = clock.now();
    await tx.putUser(aUser("bob", { userName: BOB, active: false, version: 2 }), 1);
    await tx.enqueue({ people: ["bob"], addresses: [], lane: "leaver", cause: "c", origin: "o", now });
  });
  while ((await store.work.nextDue(["leaver"])) !== undefined) await fastClock.sleep(1);
  await fastClock.sleep(5_000);
  skipped = LEASE_MS;
  away = false;
  loop.nudge("leaver");
  while (!(await settled())) await fastClock.sleep(100);
  await loop.stop();
  expect(writes(sandbox.calls)).toHaveLength(1);
});

test("whoever waits for Label Studio is not let go of for a neighbour: the answer comes before the next step", async () => {
  const now = fastClock.now();
  await store.transaction(async (tx) => {
    for (const [id, userName] of [
      ["ada", ADA],
      ["bob", BOB],
    ] as const)
      await tx.insertUser(aUser(id, { userName }));
    await tx.insertGroup(aGroup("g", "LS Annotators"));
    await tx.addMembers("g", [{ id: "ada", type: "User", display: undefined }]);
  });
  const isAda = (path: string, body: unknown) => path === "/api/users/" && JSON.stringify(body).includes(ADA);
  sandbox.inject({ kind: "slow", ms: 200 }, { method: "POST", path: isAda });
  const done: string[] = [];
  const emit: Emit = (event) => {
    if (event.kind === "applied" && event.personId === "ada") done.push(event.operation);
  };
  const loop = await startLoop({
    ...{ store: failing("bob"), target, clock: fastClock, emit, mapping },
    ...{ observeOnly: false, maxRps: 0, sweepIntervalMs: undefined, server: sandbox.url, fingerprint: "f" },
    random: () => 0,
  });
  const settled = async (): Promise<boolean> => (await store.work.counts(now)).converged === 2;
  while (!(await settled())) await fastClock.sleep(100);
  await loop.stop();
  expect(done).toEqual(["create-account", "set-role"]);
});
