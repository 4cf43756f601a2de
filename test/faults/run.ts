// `npm run faults`: most calls that 30 % of bad answers may cost; FAULTS_SEED and FAULTS_PEOPLE choose others.
import { campaign, type Cost } from "./campaign.js";

const SHARE = 0.3;
const MOST_CALLS = { roleChange: 1.6, creation: 4.5 };

const seed = Number(process.env["FAULTS_SEED"] ?? Date.now() % 1_000_000);
const people = Number(process.env["FAULTS_PEOPLE"] ?? 500);
console.log(`FAULTS_SEED=${seed} FAULTS_PEOPLE=${people}`);
const { roleChange, creation, deletion } = await campaign({ seed, people, share: SHARE });

function show(what: string, { changing, all, byCall, bad }: Cost, most = Infinity): void {
  if (all > most) process.exitCode = 1;
  const promise = most === Infinity ? "" : `, at most ${most}`;
  const share = `${(bad * 100).toFixed(0)} % of the answers bad`;
  console.log(
    `${all > most ? "✗" : " "} ${what}: ${changing.toFixed(2)} changing, ${all.toFixed(2)} in all${promise}; ${share}`,
  );
  for (const [name, calls] of Object.entries(byCall)) console.log(`      ${calls.toFixed(2)}  ${name}`);
}

show("calls per role change", roleChange, MOST_CALLS.roleChange);
show("calls per creation with a role", creation, MOST_CALLS.creation);
show("calls per leaver", deletion);
