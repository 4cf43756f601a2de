// The mapping file of a running bridge: a change is taken over by itself or at SIGHUP, an invalid one is not.
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { group, MAPPING, user } from "../support/bridge.js";
import { scim, settingsFor, until, workplace, type Workplace } from "../support/program.js";

let here: Workplace;
let sandbox: Sandbox;
beforeAll(async () => {
  here = await workplace();
  sandbox = await startSandbox();
});
afterAll(async () => {
  await here.close();
  await sandbox.close();
});

test("a changed file is for everybody; one that is not valid changes nobody, and is told with its line", async () => {
  const file = await here.write("mapping.yaml", MAPPING);
  const program = here.start({ ...settingsFor(sandbox), MAPPING_FILE: file }, "serve");
  const url = await program.listening();
  const id = (await scim(url, "POST", "/Users", user("ada@acme.example"))).body.id;
  await scim(url, "POST", "/Groups", group("LS Leads", [id]));
  const role = () => sandbox.member("ada@acme.example")?.role;
  const becomes = (wanted: string) =>
    until(
      () => (role() === wanted ? wanted : undefined),
      () => `${wanted}, not ${role()}`,
    );
  await becomes("NO");

  await writeFile(file, "version: 1\nrolse: {}\n");
  // Half of what is being written may have been read, and refused, before.
  await program.seen(/mapping\.yaml:2:1 {2}unknown key.*mapping-refused/);
  expect(role()).toBe("NO");

  // Replaced as a whole, as deployments do.
  await writeFile(join(here.folder, "next.yaml"), `${MAPPING}    - { group: "LS Leads", role: MA }\n`);
  await rename(join(here.folder, "next.yaml"), file);
  process.kill(program.pid, "SIGHUP");
  await becomes("MA");
  await writeFile(file, `${MAPPING}    - { group: "LS Leads", role: AD }\n`);
  await becomes("AD");
  expect((await program.stop()).code).toBe(0);
});
