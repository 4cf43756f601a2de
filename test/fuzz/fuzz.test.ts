// A short campaign; `npm run fuzz` is the long one.
import { expect, test } from "@jest/globals";
import { campaign } from "./campaign.js";

const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000);
const REQUESTS = Number(process.env["FUZZ_REQUESTS"] ?? 1_000);

test(`${REQUESTS} hostile requests, FUZZ_SEED=${SEED}`, async () => {
  const { wrong, answers } = await campaign(SEED, REQUESTS);
  expect(wrong.join("\n")).toBe("");
  const statuses = new Set([...answers.keys()].map((key) => Number(key.split(" ").at(-1))));
  for (const status of [200, 400, 401, 404, 412]) expect(statuses).toContain(status);
}, 180_000);
