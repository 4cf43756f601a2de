// The built program, backed up while it is written to, and started on what that has made: docs/backup.md, step by step.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { user } from "../support/bridge.js";
import {
  ADMIN_TOKEN,
  everybody,
  get,
  scim,
  settingsFor,
  settled,
  until,
  workplace,
  type Workplace,
} from "../support/program.js";

let here: Workplace;
let sandbox: Sandbox;
beforeEach(async () => {
  here = await workplace();
  sandbox = await startSandbox();
});
afterEach(async () => {
  await here.close();
  await sandbox.close();
});

const isPlanned = async (url: string, userName: string, from: string): Promise<boolean> => {
  const { text } = await get(`${url}/admin/api/plan`, ADMIN_TOKEN);
  const { changes } = JSON.parse(text) as { changes: { userName: string; from?: string }[] };
  return changes.some((change) => change.userName === userName && change.from === from);
};

test("a backup of a bridge that serves is restored: it starts paused and says why, answers, and goes on after resume", async () => {
  const MAPPING_FILE = await here.write(
    "mapping.yaml",
    "version: 1\nroles: { default: AN }\nsafety: { massChange: off }\n",
  );
  const settings = { ...settingsFor(sandbox), MAPPING_FILE };
  const serving = here.start(settings, "serve");
  const url = await serving.listening();
  const names: string[] = [];
  let over = false;
  const pushing = (async () => {
    for (let n = 0; !over; n++) {
      const userName = `u${n}@acme.example`;
      await scim(url, "POST", "/Users", user(userName));
      names.push(userName);
    }
  })();
  await until(
    () => names.length > 20 || undefined,
    () => "twenty users",
  );
  const acknowledged = [...names];
  const backup = join(here.folder, "backup.db");
  const ran = await here.run({ MAPPING_FILE }, "backup", backup);
  over = true;
  await pushing;
  expect(ran).toMatchObject({
    code: 0,
    stderr: "",
    stdout: expect.stringMatching(/backup\.db: \d+ users, 0 groups, \d+ bytes\n$/),
  });

  await settled(url);
  const all = await everybody(url);
  const leaver = all.find(({ userName }) => userName === "u3@acme.example")?.id ?? "";
  await scim(url, "PUT", `/Users/${leaver}`, user("u3@acme.example", { active: false }));
  await until(
    () => sandbox.member("u3@acme.example")?.role === "DI" || undefined,
    () => "u3 deactivated",
  );
  await serving.stop();

  for (const suffix of ["", "-wal", "-shm"]) await rm(join(here.folder, "data", `bridge.db${suffix}`), { force: true });
  const DATABASE_URL = `sqlite:${backup}`;
  const restored = here.start({ ...settings, DATABASE_URL }, "serve");
  const again = await restored.listening();
  expect(
    await restored.seen(/"because":"(restored from a backup of [^"]+; steps: docs\/backup\.md)","msg":"restored"/),
  ).toMatch(/^restored/);
  const known = (await everybody(again)).map(({ userName }) => userName);
  expect(known).toEqual(expect.arrayContaining(acknowledged));
  const ready = await get(`${again}/readyz`);
  expect(ready.status).toBe(200);
  expect(ready.text).toContain("restored from a backup of");
  const status = await here.run({ MAPPING_FILE, DATABASE_URL }, "status");
  expect(status.stdout).toMatch(
    /^paused since .*, leavers too: restored from a backup of .*; steps: docs\/backup\.md$/m,
  );
  // The backup does not know that they have left: this is what the plan is looked at for.
  await until(
    async () => (await isPlanned(again, "u3@acme.example", "DI")) || undefined,
    () => "u3 in the plan",
  );
  expect(sandbox.member("u3@acme.example")?.role).toBe("DI");
  await scim(again, "PUT", `/Users/${leaver}`, user("u3@acme.example", { active: false }));
  await scim(again, "POST", "/Users", user("late@acme.example"));
  expect((await here.run({ MAPPING_FILE, DATABASE_URL }, "resume")).stdout).toContain("resumed");
  await until(
    () => sandbox.member("late@acme.example")?.role === "AN" || undefined,
    () => "late provisioned",
  );
  await settled(again);
  expect(sandbox.member("u3@acme.example")?.role).toBe("DI");
  await restored.stop();
  const third = here.start({ ...settings, DATABASE_URL }, "serve");
  expect((await get(`${await third.listening()}/readyz`)).text).not.toContain("backup");
});
