// `npm run bench:scale`: one, two and four processes on one PostgreSQL under the same load of SCIM writes; then what becomes
// of the loop when its holder dies or sleeps. Every promise is judged.
import { onPostgres } from "../support/databases.js";
import { seeded } from "../support/random.js";
import { loadOver } from "./scale/load-over.js";
import { deaths, naps } from "./scale/takeover.js";

const SEED = Number(process.env["SCALE_SEED"] ?? Date.now() % 1_000_000);
const WRITES = Number(process.env["SCALE_WRITES"] ?? 3_000);
const ROUNDS = Number(process.env["SCALE_ROUNDS"] ?? 5);
/** Until another process sends its first change after the holder has died. */
const LONGEST_TAKEOVER_MS = 10_000;

console.log(`SCALE_SEED=${SEED} SCALE_WRITES=${WRITES} SCALE_ROUNDS=${ROUNDS}`);
await onPostgres(async () => {
  for (const processes of [1, 2, 4]) {
    const { perSecond, changes } = await loadOver(processes, WRITES, seeded(SEED));
    const figure = `${perSecond.toFixed(0)} SCIM writes/s`;
    console.log(`  ${processes} processes: ${figure}, ${changes} changes at Label Studio, nothing lost`);
  }
  const tookMs = await deaths(ROUNDS, seeded(SEED));
  const longest = Math.max(...tookMs);
  if (longest >= LONGEST_TAKEOVER_MS) process.exitCode = 1;
  const each = tookMs.map((ms) => `${(ms / 1_000).toFixed(1)}`).join(" ");
  console.log(
    `${longest < LONGEST_TAKEOVER_MS ? " " : "✗"} holder killed, first change by another after s: ${each} (less than 10)`,
  );
  const stale = await naps(ROUNDS, seeded(SEED));
  if (stale > 0) process.exitCode = 1;
  console.log(`${stale === 0 ? " " : "✗"} holder asleep past its lease, ${ROUNDS} times: ${stale} stale changes (0)`);
});
