// Label Studio is down for an hour: the identity provider notices nothing, the bridge asks now and then, and holds no more
// in memory at the end than at the beginning.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test } from "@jest/globals";
import { group, patch, UNLIMITED, user } from "../support/bridge.js";
import { timelessTrial, type TimelessTrial } from "../support/timeless.js";

let t: TimelessTrial;
afterEach(() => t.close());

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const heapMb = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed / 1024 / 1024;
};

const MINUTE_MS = 60_000;
const PEOPLE = 40;
const MOST_GROWTH_MB = 8;

test("an hour without Label Studio", async () => {
  t = await timelessTrial({ mapping: UNLIMITED });
  await t.settled();
  const ids: string[] = [];
  for (let index = 0; index < PEOPLE; index++)
    ids.push((await t.scim("POST", "/Users", user(`u${index}@acme.example`))).body.id);
  const groupId = (await t.scim("POST", "/Groups", group("LS Annotators", ids))).body.id;
  await t.settled();

  t.sandbox.inject({ kind: "reset" }, { probability: 1 });
  t.sandbox.clearCalls();
  let early = 0;
  for (let minute = 1; minute <= 60; minute++) {
    // Somebody leaves, somebody comes, and a group changes, each minute.
    const id = ids[minute % PEOPLE] ?? "";
    const active = minute % 2 === 0;
    expect(
      (await t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: active }))).status,
    ).toBe(200);
    const op = active ? "add" : "remove";
    const members = { op, path: "members", value: [{ value: ids[(minute * 7) % PEOPLE] }] };
    expect((await t.scim("PATCH", `/Groups/${groupId}`, patch(members))).status).toBe(204);
    await t.clock.advance(MINUTE_MS);
    if (minute === 10) early = heapMb();
  }
  expect(heapMb() - early).toBeLessThan(MOST_GROWTH_MB);
  // Forty people who wait do not ask forty times as often.
  expect(t.sandbox.calls.length).toBeLessThan(60 * 60);
  expect(await t.status()).toMatchObject({ labelStudio: { state: "unreachable" }, failing: 0 });

  t.sandbox.clearFaults();
  const status = await t.settled(10 * MINUTE_MS);
  expect(status).toMatchObject({ pending: 0, failing: 0, held: 0, converged: PEOPLE });
  for (const [index, id] of ids.entries()) {
    const { body } = await t.scim("GET", `/Users/${id}`);
    const inGroup = ((body["groups"] as readonly unknown[] | undefined) ?? []).length > 0;
    const expected = body["active"] === false ? "DI" : inGroup ? "AN" : "NO";
    expect([index, t.sandbox.member(`u${index}@acme.example`)?.role]).toEqual([index, expected]);
  }
}, 180_000);
