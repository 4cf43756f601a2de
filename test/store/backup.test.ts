import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Store } from "../../src/ports.js";
import { backUp, openStore } from "../../src/store/index.js";
import { aGroup, aUser } from "../conformance/records.js";

const TAKEN = "2026-11-22T10:00:00.000Z";
const NOW = "2026-11-22T12:00:00.000Z";

let folder: string;
let url: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "backup-"));
  url = `sqlite:${join(folder, "bridge.db")}`;
  store = await openStore({ url });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const add = (id: string) => store.transaction((tx) => tx.insertUser(aUser(id)));

test("taken while others write: whole, and everything that was acknowledged before it began", async () => {
  await store.transaction((tx) => tx.insertGroup(aGroup("g1", "G")));
  let acknowledged = 0;
  let over = false;
  const writing = (async () => {
    for (let n = 0; !over; n++) {
      await store.transaction(async (tx) => {
        await tx.insertUser(aUser(`u${n}`));
        await tx.addMembers("g1", [{ id: `u${n}`, type: "User", display: undefined }]);
      });
      acknowledged = n + 1;
    }
  })();
  for (let taken = 0; taken < 5; taken++) {
    // Writes go on between one backup and the next, and what is on its way while one begins may be in it or not.
    await add(`between${taken}`);
    const before = acknowledged;
    const file = join(folder, `backup${taken}.db`);
    const { users, groups, bytes } = await backUp(url, file, TAKEN);
    expect(users).toBeGreaterThanOrEqual(before + taken + 1);
    expect(groups).toBe(1);
    expect((await stat(file)).size).toBe(bytes);
    const copy = await openStore({ url: `sqlite:${file}` });
    const members = (await copy.directory.membersOf(["g1"])).get("g1") ?? [];
    expect(members).toHaveLength(users - taken - 1);
    await copy.close();
  }
  over = true;
  await writing;
});

test("nobody but its owner reads it, and nothing else is left beside it", async () => {
  await backUp(url, join(folder, "copy.db"), TAKEN);
  expect((await stat(join(folder, "copy.db"))).mode & 0o777).toBe(0o600);
  expect((await readdir(folder)).filter((name) => name.startsWith("copy"))).toEqual(["copy.db"]);
});

test("no other file is ever overwritten, and what fails leaves nothing", async () => {
  await writeFile(join(folder, "other.db"), "mine");
  await expect(backUp(url, join(folder, "other.db"), TAKEN)).rejects.toThrow("is there already");
  await expect(backUp(url, join(folder, "nowhere", "copy.db"), TAKEN)).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining("ENOENT"),
  });
  await writeFile(join(folder, "broken.db"), "x".repeat(8_192));
  await expect(backUp(`sqlite:${join(folder, "broken.db")}`, join(folder, "copy.db"), TAKEN)).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
  });
  expect((await readdir(folder)).filter((name) => name.startsWith("copy"))).toEqual([]);
});

test("of PostgreSQL, or where no database is, there is none", async () => {
  await expect(backUp("postgres://u@h/d", join(folder, "copy.db"), TAKEN)).rejects.toThrow("pg_dump");
  await expect(backUp(`sqlite:${join(folder, "none.db")}`, join(folder, "copy.db"), TAKEN)).rejects.toThrow(
    "No database at",
  );
});

test("a restored backup is paused once, and says of when it is", async () => {
  expect(await store.rails.pauseIfRestored(NOW)).toBeUndefined();
  await backUp(url, join(folder, "copy.db"), TAKEN);
  expect(await store.rails.pauseIfRestored(NOW)).toBeUndefined();
  const restored = await openStore({ url: `sqlite:${join(folder, "copy.db")}` });
  const pause = { all: true, at: NOW, because: `restored from a backup of ${TAKEN}; steps: docs/backup.md` };
  expect(await restored.rails.pauseIfRestored(NOW)).toEqual(pause);
  expect(await restored.rails.pause()).toEqual(pause);
  await restored.rails.setPause(undefined, {
    at: NOW,
    actor: "operator",
    requestId: undefined,
    action: "resume",
    subject: "bridge",
    detail: {},
  });
  expect(await restored.rails.pauseIfRestored(NOW)).toBeUndefined();
  await restored.close();
});
