import { expect, test } from "@jest/globals";
import type { Claim } from "../../src/ports.js";
import { keepLeases, LEASE_MS } from "../../src/reconcile/leases.js";
import { openStore } from "../../src/store/index.js";
import { aUser, NOW } from "../conformance/records.js";
import { fakeClock } from "../support/fake-clock.js";

const MINUTE_MS = 60_000;

test("whoever is in hand stays leased however long it takes, and may be taken once a holder has vanished", async () => {
  const clock = fakeClock(NOW);
  const store = await openStore({ url: "sqlite::memory:" });
  await store.transaction(async (tx) => {
    await tx.insertUser(aUser("u1"));
    await tx.enqueue({ people: ["u1"], addresses: [], lane: "leaver", cause: "test", origin: "test", now: NOW });
  });
  const claim = (): Promise<readonly Claim[]> => store.work.claim(["leaver"], 10, LEASE_MS, clock.now());
  const inHand = new Set(await claim());
  const stopped = new AbortController();
  const faults: unknown[] = [];
  const kept = keepLeases({ store, clock, emit: (event) => faults.push(event) }, inHand, stopped.signal);
  for (let minutes = 0; minutes < 4; minutes++) {
    await clock.advance(MINUTE_MS);
    expect(await claim()).toEqual([]);
  }
  stopped.abort();
  await kept;
  await clock.advance(LEASE_MS + 1);
  expect((await claim()).map(({ personId }) => personId)).toEqual(["u1"]);
  expect([inHand.size, faults]).toEqual([1, []]);
  await store.close();
});
