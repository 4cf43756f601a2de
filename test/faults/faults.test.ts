// A short campaign; `npm run faults` is the long one, which also judges what it costs on average.
import { expect, test } from "@jest/globals";
import { campaign } from "./campaign.js";

const SEED = Number(process.env["FAULTS_SEED"] ?? Date.now() % 1_000_000);
const PEOPLE = Number(process.env["FAULTS_PEOPLE"] ?? 40);

test(`30 % of Label Studio's answers are bad: everybody converges, FAULTS_SEED=${SEED}`, async () => {
  process.stdout.write(`faults.test: FAULTS_SEED=${SEED}\n`);
  const { roleChange, creation } = await campaign({ seed: SEED, people: PEOPLE, share: 0.3 });
  // So few people may be unlucky; what is wasteful is so for everybody.
  expect(roleChange.all).toBeLessThan(3);
  expect(creation.all).toBeLessThan(6);
});
