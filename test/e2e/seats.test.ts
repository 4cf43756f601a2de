import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { group, user } from "../support/bridge.js";
import { ADMIN_TOKEN, scim, settingsFor, settled, workplace, type Workplace } from "../support/program.js";

let here: Workplace;
let sandbox: Sandbox;
beforeAll(async () => {
  here = await workplace();
  sandbox = await startSandbox({ seed: [{ email: "key@acme.example", role: "AD" }], seatLimit: 2 });
});
afterAll(async () => {
  await here.close();
  await sandbox.close();
});

test("seats: of a running bridge, and afterwards what its store knows; 4 while somebody waits for one", async () => {
  const program = here.start(settingsFor(sandbox), "serve");
  const url = await program.listening();
  const ids: string[] = [];
  for (const name of ["a", "b"]) ids.push((await scim(url, "POST", "/Users", user(`${name}@acme.example`))).body.id);
  await scim(url, "POST", "/Groups", group("LS Annotators", ids));
  await settled(url);
  const asked = await here.run({ ADMIN_TOKEN }, "seats", "--url", url, "--json");
  expect({ code: asked.code, stderr: asked.stderr }).toEqual({ code: 4, stderr: "" });
  const report = JSON.parse(asked.stdout) as { readonly rotation: readonly object[] };
  expect(report).toMatchObject({ now: { limit: 2 }, waiting: 1, forecast: { grants: 0 } });
  expect(report.rotation[0]).toMatchObject({ taken: 1, freed: 0, rotatedEarly: 0 });
  await program.stop();
  const { code, stdout } = await here.run({ DATABASE_URL: here.databaseUrl }, "seats");
  expect(code).toBe(4);
  expect(stdout).toMatch(/^now {8}\d of 2 in use, \d free, as of 20/m);
  expect(stdout).toMatch(/^waiting {4}1$/m);
  expect(stdout).toMatch(/^20\d\d-\d\d +1 +0 +0$/m);
});
