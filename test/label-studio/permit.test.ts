import type { ServerResponse } from "node:http";
import { expect, test } from "@jest/globals";
import type { Permit } from "../../src/ports.js";
import { onBench } from "./upstream.js";

/** Lasts until it is taken away. */
function aPermit(lastsMs: number): Permit & { take(): void } {
  let taken = false;
  return {
    leftMs: () => (taken ? 0 : lastsMs),
    renew: () => Promise.resolve(!taken),
    take: () => {
      taken = true;
    },
  };
}

const whoami = { json: { id: 1, email: "key@acme.example", active_organization: 1 } };

test("no call goes out without a permit", async () => {
  const permit = aPermit(5_000);
  permit.take();
  await onBench(
    () => whoami,
    async ({ target, upstream, drive }) => {
      await expect(drive(target.whoAmI())).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
      expect(upstream.received).toEqual([]);
    },
    { permit },
  );
});

test("no call outlasts its permit; a permit that is renewed lasts as long as the call", async () => {
  const permit = aPermit(5_000);
  const unanswered: ServerResponse[] = [];
  await onBench(
    () => (response) => void unanswered.push(response),
    async ({ target, clock, drive }) => {
      const begun = async (nth: number): Promise<void> => {
        while (unanswered.length < nth) await new Promise((resolve) => setTimeout(resolve, 2));
      };
      const renewed = target.whoAmI();
      await begun(1);
      await clock.advance(9_000);
      unanswered[0]?.end(JSON.stringify(whoami.json));
      expect(await renewed).toMatchObject({ userId: 1 });
      const call = target.whoAmI().catch((error: unknown) => error);
      await begun(2);
      permit.take();
      await clock.advance(5_000);
      expect(await drive(call)).toMatchObject({ code: "TARGET_UNAVAILABLE" });
    },
    { permit },
  );
});
