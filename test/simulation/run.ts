// `npm run simulation`: SIMULATION_SEEDS lives, from SIMULATION_SEED on; a life that fails tells its seed and its story.
import { simulate } from "./simulate.js";

const first = Number(process.env["SIMULATION_SEED"] ?? 1 + (Date.now() % 1_000_000));
const seeds = Number(process.env["SIMULATION_SEEDS"] ?? 1_000);
console.log(`SIMULATION_SEED=${first} SIMULATION_SEEDS=${seeds}`);
const from = performance.now();
let failed = 0;
for (let lived = 1; lived <= seeds; lived++) {
  await simulate(first + lived - 1).catch((error: unknown) => {
    failed++;
    console.error((error as Error).message);
  });
  if (lived % 100 !== 0 && lived !== seeds) continue;
  const seconds = (performance.now() - from) / 1_000;
  console.log(`${lived - failed} of ${lived} lives hold; ${(seconds / lived).toFixed(2)} s each`);
}
process.exitCode = failed === 0 ? 0 : 1;
