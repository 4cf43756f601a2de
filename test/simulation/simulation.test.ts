// Some lives; `npm run simulation` is the long way.
import { expect, test } from "@jest/globals";
import { simulate } from "./simulate.js";

const FIRST = Number(process.env["SIMULATION_SEED"] ?? Date.now() % 1_000_000);
const SEEDS = Number(process.env["SIMULATION_SEEDS"] ?? 12);

test(`${SEEDS} lives, SIMULATION_SEED=${FIRST}`, async () => {
  process.stdout.write(`simulation.test: SIMULATION_SEED=${FIRST}\n`);
  for (let seed = FIRST; seed < FIRST + SEEDS; seed++) await expect(simulate(seed)).resolves.toBeUndefined();
}, 120_000);
