// A wall clock that is set back by an hour, as when a machine has found its time server.
import { afterEach, expect, test } from "@jest/globals";
import { patch, user, writes } from "../support/bridge.js";
import { timelessTrial, type TimelessTrial } from "../support/timeless.js";

const HOUR_MS = 3_600_000;
const ADA = "ada@acme.example";
const BOB = "bob@acme.example";

let t: TimelessTrial;
afterEach(() => t.close());

const add = async (email: string): Promise<string> => (await t.scim("POST", "/Users", user(email))).body.id;
const leave = (id: string) => t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));

test("a leaver is deactivated once, and settled", async () => {
  t = await timelessTrial();
  await t.settled();
  const id = await add(ADA);
  await t.settled();
  t.sandbox.clearCalls();
  t.clock.step(-HOUR_MS);
  await leave(id);
  expect(await t.settled()).toMatchObject({ converged: 1 });
  expect(writes(t.sandbox.calls)).toEqual([expect.stringMatching(/"role":"DI"/)]);
});

test("what was read of Owners before is not taken for fresh", async () => {
  t = await timelessTrial();
  await t.settled();
  const [ada, bob] = [await add(ADA), await add(BOB)];
  await t.settled();
  await leave(ada);
  await t.settled();
  t.sandbox.setRole(BOB, "OW");
  t.clock.step(-HOUR_MS);
  await t.clock.advance(10_000);
  await leave(bob);
  expect(await t.settled()).toMatchObject({ held: 1 });
  expect(t.sandbox.member(BOB)?.role).toBe("OW");
});
