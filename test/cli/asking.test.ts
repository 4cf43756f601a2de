// Where a command asks, and what it says when it cannot, or is asked for what cannot be meant.
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { ADMIN_TOKEN, MAPPING, trial, type Trial } from "../support/bridge.js";
import { runCommand, type Ran } from "../support/command.js";

let t: Trial;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bridge-asking-"));
  await writeFile(join(folder, "mapping.yaml"), MAPPING);
  t = await trial();
  await t.settled();
});
afterAll(async () => {
  await t.close();
  await rm(folder, { recursive: true, force: true });
});

const command = (environment: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> =>
  runCommand({ MAPPING_FILE: join(folder, "mapping.yaml"), ...environment }, ...args);

test("nobody to ask: one line and 69", async () => {
  const nowhere = await command({}, "plan", "--url", "http://127.0.0.1:9", "--token", "x");
  expect(nowhere).toMatchObject({
    code: 69,
    out: "",
    err: expect.stringMatching(/^Cannot reach http:\/\/127\.0\.0\.1:9[^\n]+$/),
  });
  expect(await command({ DATABASE_URL: `sqlite:${folder}/none.db` }, "holds")).toMatchObject({ code: 69 });
  expect(await command({}, "holds", "--url", t.url, "--token", "wrong")).toMatchObject({
    code: 69,
    err: expect.stringContaining("wrong token"),
  });
});

test("what cannot be meant: 64, and nothing is decided", async () => {
  for (const args of [
    ["--all", "u1@acme.example"],
    ["--all", "--origin", "x"],
    ["--origin", "x", "u1@acme.example"],
  ])
    expect(await command({}, "holds", "approve", ...args, "--url", t.url, "--token", ADMIN_TOKEN)).toMatchObject({
      code: 64,
      out: "",
    });
  for (const url of ["localhost:8080", "not a url", "ftp://x"])
    for (const args of [["status"], ["audit", "verify"], ["token", "list"]])
      expect(await command({}, ...args, "--url", url)).toMatchObject({ code: 64, out: "" });
});

test("a mapping file that is not valid keeps nobody from pausing the store; nothing to fall back on is 2", async () => {
  const wrong = join(folder, "broken.yaml");
  await writeFile(wrong, "version: 1\nrolse: {}\n");
  const environment = { DATABASE_URL: t.databaseUrl, MAPPING_FILE: wrong };
  expect(await command(environment, "pause", "--all")).toMatchObject({
    code: 0,
    err: expect.stringMatching(/^The mapping in force is used: .*rolse/),
  });
  expect(await command(environment, "plan")).toMatchObject({ code: 0 });
  const empty = `sqlite:${join(folder, "empty.db")}`;
  await writeFile(join(folder, "empty.db"), "");
  expect(await command({ ...environment, DATABASE_URL: empty }, "status")).toMatchObject({ code: 2 });
});

test("settings that make no address: 2", async () => {
  const environment = { ADMIN_TOKEN: "x", PORT: "http" };
  for (const args of [["status"], ["audit", "verify"], ["token", "list"]])
    expect(await command(environment, ...args)).toMatchObject({ code: 2, err: expect.stringContaining("PORT") });
});

test("something that is no bridge: one line and 69", async () => {
  const page = createServer((_request, response) => response.end("<html>Log in</html>"));
  await once(page.listen(0, "127.0.0.1"), "listening");
  const { port } = page.address() as AddressInfo;
  expect(await command({}, "status", "--url", `http://127.0.0.1:${port}`, "--token", "x")).toEqual({
    code: 69,
    out: "",
    err: `http://127.0.0.1:${port}/admin/api is no bridge: it does not answer with JSON.`,
  });
  page.close();
});
