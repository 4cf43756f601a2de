// The built program under raw messages: it stays up, and does not grow.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { scim, SCIM_TOKEN, settingsFor, workplace, type Program, type Workplace } from "../support/program.js";
import { askForAll } from "./connection.js";
import { KINDS } from "./kinds/index.js";
import { broken, mutatedMessage } from "./kinds/raw.js";
import { seeded } from "../support/random.js";
import { bytesOf, TOKEN } from "./request.js";

const SEED = Number(process.env["FUZZ_SEED"] ?? Date.now() % 1_000_000);
const MESSAGES = 400;
const IN_FLIGHT = 20;
/** What the heap may hold before it is collected; a leak of each message would be far beyond it. */
const MOST_GROWTH_MIB = 250;

let sandbox: Sandbox;
let place: Workplace;
let program: Program;
beforeAll(async () => {
  sandbox = await startSandbox();
  place = await workplace();
  program = place.start(settingsFor(sandbox), "serve");
});
afterAll(async () => {
  await place.close();
  await sandbox.close();
});

test(`${MESSAGES} raw messages, FUZZ_SEED=${SEED}`, async () => {
  const url = await program.listening();
  const port = Number(new URL(url).port);
  const user = await scim(url, "POST", "/Users", { userName: "ada@x.example" });
  const random = seeded(SEED);
  const targets = { users: [user.body.id], groups: [] };
  const message = (): Buffer => {
    const request = random.pick([
      ...KINDS,
      ...Array.from({ length: KINDS.length }, () => random.pick([broken, mutatedMessage])),
    ])(random, targets);
    return Buffer.from(bytesOf(request).toString("latin1").replaceAll(TOKEN, SCIM_TOKEN), "latin1");
  };
  const before = await residentMiB(program.pid);
  for (let sent = 0; sent < MESSAGES; sent += IN_FLIGHT)
    await Promise.all(Array.from({ length: IN_FLIGHT }, () => askForAll(port, message())));
  const after = await residentMiB(program.pid);
  expect((await scim(url, "GET", "/Users?count=200")).status).toBe(200);
  expect(after - before).toBeLessThan(MOST_GROWTH_MIB);
  const { code, stderr, stdout } = await program.stop();
  expect(code).toBe(0);
  // Deprecation warnings of Node may stand there, but no stack.
  expect(stderr).not.toMatch(/:\d+:\d+\)/);
  expect(stdout).not.toMatch(/"level":(50|60)|unhandled/i);
}, 120_000);

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
