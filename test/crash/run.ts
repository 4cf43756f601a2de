// `npm run crash`: the long campaign, on each database; CRASH_SEED, CRASH_ROUNDS and DATABASES choose others.
import { onEachDatabase } from "../support/databases.js";
import { campaign } from "./campaign.js";

const seed = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);
const rounds = Number(process.env["CRASH_ROUNDS"] ?? 200);

await onEachDatabase(async (name) => {
  console.log(`${name}: CRASH_SEED=${seed} CRASH_ROUNDS=${rounds}`);
  const from = performance.now();
  await campaign({ seed, rounds, settleEvery: 20, tell: (line) => console.log(`  ${line}`) });
  console.log(`${name}: nothing lost, nobody twice; ${Math.round((performance.now() - from) / 1000)} s`);
});
