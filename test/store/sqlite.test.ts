import { chmod, copyFile, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { openStore } from "../../src/store/index.js";
import { credentialsConformance } from "../conformance/credentials.js";
import { aUser } from "../conformance/records.js";
import { storeConformance } from "../conformance/store.js";

const open = () => openStore({ url: "sqlite::memory:" });
storeConformance("SQLite", open);
credentialsConformance("SQLite", open);

test("what was stored is there after closing and opening again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  const url = `sqlite:${join(folder, "deeper", "bridge.db")}`;
  const first = await openStore({ url });
  await first.transaction((tx) => tx.insertUser(aUser("u1")));
  await first.close();
  const second = await openStore({ url });
  expect(await second.directory.user("u1")).toMatchObject(aUser("u1"));
  await second.close();
  await rm(folder, { recursive: true });
});

test("the file and what lies beside it are for its owner only; one that is there keeps its rights", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  const file = join(folder, "bridge.db");
  const modes = async () => [...new Set(await Promise.all((await readdir(folder)).map((name) => modeOf(name))))];
  const modeOf = async (name: string) => ((await stat(join(folder, name))).mode & 0o777).toString(8);
  const store = await openStore({ url: `sqlite:${file}` });
  await store.transaction((tx) => tx.insertUser(aUser("u1")));
  expect(await readdir(folder)).toContain("bridge.db-wal");
  expect(await modes()).toEqual(["600"]);
  await store.close();
  await chmod(file, 0o640);
  await (await openStore({ url: `sqlite:${file}` })).close();
  expect(await modeOf("bridge.db")).toBe("640");
  await rm(folder, { recursive: true });
});

test("after closing, the file alone has everything", async () => {
  const folder = await mkdtemp(join(tmpdir(), "store-"));
  const store = await openStore({ url: `sqlite:${join(folder, "bridge.db")}` });
  await store.transaction((tx) => tx.insertUser(aUser("u1")));
  await store.close();
  await copyFile(join(folder, "bridge.db"), join(folder, "copy.db"));
  const copy = await openStore({ url: `sqlite:${join(folder, "copy.db")}` });
  expect(await copy.directory.user("u1")).toMatchObject(aUser("u1"));
  await copy.close();
  await rm(folder, { recursive: true });
});

test("a file that cannot be opened is STORE_UNAVAILABLE with the reason", async () => {
  const notAFolder = fileURLToPath(import.meta.url);
  await expect(openStore({ url: `sqlite:${notAFolder}/bridge.db` })).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
  });
});
