import { expect, test } from "@jest/globals";
import { user } from "../support/bridge.js";
import { timelessTrial } from "../support/timeless.js";

test("a dead key is probed by one call every 30 s, and its return releases everybody", async () => {
  const t = await timelessTrial({ mapping: "version: 1\n" });
  const add = (name: string) => t.scim("POST", "/Users", user(`${name}@acme.example`));
  const unauthorized = () => t.sandbox.calls.filter((call) => call.status === 401).length;
  try {
    await add("first");
    await t.settled();
    t.sandbox.revokeKey();
    await Promise.all([..."abcde"].map(add));
    await t.until(() => unauthorized() > 0);
    await t.clock.advance(1_000);
    const first = unauthorized();
    expect(first).toBeLessThanOrEqual(5);
    // Three probes in 100 s, whatever else arrives meanwhile.
    await add("f");
    await t.clock.advance(100_000);
    expect(unauthorized() - first).toBe(3);
    t.sandbox.restoreKey();
    await t.clock.advance(31_000);
    await t.settled();
    const left = [..."abcdef"].filter((name) => t.sandbox.member(`${name}@acme.example`) === undefined);
    expect(left).toEqual([]);
  } finally {
    await t.close();
  }
});
