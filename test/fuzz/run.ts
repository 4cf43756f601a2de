// `npm run fuzz`: a long campaign; FUZZ_SEED and FUZZ_REQUESTS choose another seed and length.
import { campaign } from "./campaign.js";

const seed = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000);
const requests = Number(process.env["FUZZ_REQUESTS"] ?? 20_000);
console.log(`FUZZ_SEED=${seed} FUZZ_REQUESTS=${requests}`);
const { wrong, answers, slowestMs } = await campaign(seed, requests);
const byKind = [...answers].sort(([one], [other]) => one.localeCompare(other));
console.log(byKind.map(([key, count]) => `${String(count).padStart(7)} ${key}`).join("\n"));
console.log(`slowest: ${Math.round(slowestMs)} ms of CPU`);
for (const each of wrong) console.error(each);
console.log(wrong.length === 0 ? "nothing found" : `${wrong.length} findings; run again with FUZZ_SEED=${seed}`);
process.exitCode = wrong.length === 0 ? 0 : 1;
