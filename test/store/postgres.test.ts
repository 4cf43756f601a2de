import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { Kysely, sql } from "kysely";
import type { Page } from "../../src/directory/index.js";
import type { Store } from "../../src/ports.js";
import { openStore } from "../../src/store/index.js";
import { postgresDialect } from "../../src/store/postgres/dialect.js";
import { credentialsConformance } from "../conformance/credentials.js";
import { ALL, resourcesOn, VIEW } from "../conformance/pages.js";
import { aGroup, aUser, eq } from "../conformance/records.js";
import { storeConformance } from "../conformance/store.js";
import { ask, freshDatabase, type Database } from "../support/postgres/database.js";

const open = async (): Promise<Store> => {
  const database = await freshDatabase();
  const store = await openStore({ url: database.url });
  return {
    ...store,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
};
storeConformance("PostgreSQL", open);
credentialsConformance("PostgreSQL", open);

describe("PostgreSQL, whatever it is set to", () => {
  let database: Database;
  let store: Store;
  beforeEach(async () => {
    database = await freshDatabase();
    store = await openStore({ url: database.url });
  });
  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const namesIn = (page: Page) => resourcesOn(page).map(({ userName }) => userName);
  const userNames = async (sort?: string) => {
    const order = sort === undefined ? undefined : { path: sort.split("."), descending: false, caseExact: false };
    const page = await store.directory.users({ ...ALL, sort: order }, VIEW);
    return namesIn(page);
  };
  const put = (...names: readonly string[]) =>
    store.transaction(async (tx) => {
      for (const [n, userName] of names.entries())
        await tx.insertUser(aUser(`u${n}`, { userName, attributes: { userName, title: userName } }));
    });

  test("what was stored is there after closing and opening again", async () => {
    await put("ada");
    await store.close();
    store = await openStore({ url: database.url.replace(/^postgres:/, "postgresql:") });
    expect(await userNames()).toEqual(["ada"]);
  });

  test("two that open an empty database at once both can", async () => {
    const empty = await freshDatabase();
    const stores = await Promise.all([1, 2, 3].map(() => openStore({ url: empty.url })));
    for (const each of stores) await each.close();
    await empty.drop();
  });

  test("text is ordered by its bytes and not by the database's language", async () => {
    await put("b", "_", "Z", "é", "a");
    const after = async (operator: "gt" | "le") => {
      const filter = { ...eq("title", "a", true), operator } as ReturnType<typeof eq>;
      const page = await store.directory.users({ ...ALL, filter }, VIEW);
      return namesIn(page);
    };
    expect(await userNames("id")).toEqual(["b", "_", "Z", "é", "a"]);
    expect(await userNames("title")).toEqual(["_", "a", "b", "Z", "é"]);
    expect(await after("gt")).toEqual(["b", "é"]);
    expect(await after("le")).toEqual(["_", "Z", "a"]);
  });

  test("what PostgreSQL cannot hold is held as U+FFFD, and hides nobody from a filter", async () => {
    const title = "a\0b\ud800c \\u0000 \\\\u0000";
    await store.transaction(async (tx) => {
      const attributes = { userName: "x", title, "n\0": 1 };
      await tx.insertUser(aUser("u1", { userName: "x\0", attributes }));
      await tx.insertGroup(aGroup("g1", "G\0"));
      await tx.addMembers("g1", [{ id: "u1", type: "User", display: "\0" }]);
      expect([...(await tx.kinds(["u1", "\0", "\ud800"])).keys()]).toEqual(["u1"]);
    });
    const held = "a\uFFFDb\uFFFDc \\u0000 \\\\u0000";
    expect((await store.directory.user("u1"))?.attributes).toEqual({ userName: "x", title: held, "n\uFFFD": 1 });
    for (const filter of [eq("title", title, true), eq("userName", "x\0"), eq("title", held, true)]) {
      const page = await store.directory.users({ ...ALL, filter }, VIEW);
      expect(page.total).toBe(1);
    }
  });

  test("a name that is too long to be found again is the client's fault", async () => {
    const long = Array.from({ length: 9_000 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7_919) % 20_000))).join(
      "",
    );
    await expect(put(long)).rejects.toMatchObject({ code: "INVALID_VALUE" });
    expect(await userNames()).toEqual([]);
  });

  test("what is acknowledged is on disk, also where commits do not wait", async () => {
    await ask(
      database.url,
      `alter role current_user in database ${new URL(database.url).pathname.slice(1)}
      set synchronous_commit = off`,
    );
    const db = new Kysely({ dialect: postgresDialect(database.url) });
    const { rows } = await sql`show synchronous_commit`.execute(db);
    await db.destroy();
    expect(rows).toEqual([{ synchronous_commit: "on" }]);
  });

  test("an end of all connections is STORE_UNAVAILABLE once and forgotten afterwards", async () => {
    await put("ada");
    const end = `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'label-studio-scim-bridge'`;
    const cut = store.transaction(async (tx) => {
      await tx.insertGroup(aGroup("g1", "G"));
      await ask(database.url, end);
      await tx.insertGroup(aGroup("g2", "H"));
    });
    await expect(cut).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await ask(database.url, end);
    expect(await userNames()).toEqual(["ada"]);
    expect(await store.directory.group("g1")).toBeUndefined();
  });
});

test("a server that refuses is STORE_UNAVAILABLE, with the reason and without the password", async () => {
  const database = await freshDatabase();
  const wrong = new URL(database.url);
  wrong.username = "somebody_else";
  wrong.password = "not-the-password";
  const failure = await openStore({ url: wrong.href }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "STORE_UNAVAILABLE" });
  expect(String(failure)).toMatch(/somebody_else/);
  expect(String(failure)).not.toContain("not-the-password");
  wrong.port = "1";
  await expect(openStore({ url: wrong.href })).rejects.toThrow(
    /^Cannot open the database postgres:\/\/127\.0\.0\.1:1\/bridge_\w+: .*ECONNREFUSED/,
  );
  await database.drop();
});
