import { describe, expect, test } from "@jest/globals";
import { onBench, refusalOf, type Reply } from "./upstream.js";

const told = (users: unknown): Reply => ({ json: { billing_checks: { users, projects: { count: 3 } } } });
const NOTHING = { used: undefined, limit: undefined };

describe("seats", () => {
  test.each<[string, Reply, object]>([
    ["as told", told({ count: 20, limit: 100, reached: false, total: 22 }), { used: 20, limit: 100 }],
    ["all taken", told({ count: 100, limit: 100, reached: true }), { used: 100, limit: 100 }],
    ["reached, whatever was counted", told({ count: 98, limit: 100, reached: true }), { used: 100, limit: 100 }],
    ["no limit", told({ count: 20, limit: -1, reached: false }), { used: 20, limit: undefined }],
    ["a limit of nothing is none", told({ count: 20, limit: 0, reached: false }), { used: 20, limit: undefined }],
    ["null", told({ count: 20, limit: null }), { used: 20, limit: undefined }],
    ["a limit and no count", told({ limit: 100 }), NOTHING],
    ["of something else", told([7]), NOTHING],
    ["not said", { json: { billing_flags: {} } }, NOTHING],
    ["a list", { json: [] }, NOTHING],
    ["an older server", { status: 404, text: "<h1>Page not found</h1>" }, NOTHING],
    ["a key that may not see it", refusalOf(403, "You do not have permission to perform this action."), NOTHING],
  ])("%s", async (_name, reply, seats) => {
    await onBench(
      () => reply,
      async ({ target, upstream, drive }) => {
        expect(await drive(target.seats())).toEqual(seats);
        expect(upstream.received.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /api/billing/info"]);
      },
    );
  });

  test("a login page, or an outage, is no answer", async () => {
    for (const reply of [{ text: "<h1>Log in</h1>" }, { status: 503 }])
      await onBench(
        () => reply,
        async ({ target, drive }) => {
          await expect(drive(target.seats())).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
        },
      );
  });
});
