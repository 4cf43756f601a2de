// A short campaign; `npm run crash` is the long one.
import { expect, test } from "@jest/globals";
import { campaign } from "../crash/campaign.js";

const SEED = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);
const ROUNDS = Number(process.env["CRASH_ROUNDS"] ?? 8);

test(`kill -9 under concurrent writes, ${ROUNDS} rounds, CRASH_SEED=${SEED}`, async () => {
  process.stdout.write(`kill.test: CRASH_SEED=${SEED}\n`);
  const { acknowledged, changes } = await campaign({ seed: SEED, rounds: ROUNDS, settleEvery: 5 });
  expect(acknowledged).toBeGreaterThan(ROUNDS);
  expect(changes).toBeGreaterThan(0);
}, 120_000);
