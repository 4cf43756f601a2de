import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { expect, test } from "@jest/globals";
import { openStore } from "../../src/store/index.js";

test("a database that a newer version has changed is left as it is, and said to be that", async () => {
  const folder = await mkdtemp(join(tmpdir(), "newer-"));
  const file = join(folder, "bridge.db");
  await (await openStore({ url: `sqlite:${file}` })).close();
  const database = new DatabaseSync(file);
  database.exec("insert into kysely_migration values ('2099-01-01-later', '2099-01-01T00:00:00.000Z')");
  database.close();
  await expect(openStore({ url: `sqlite:${file}` })).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining("a newer version of the bridge has changed it (2099-01-01-later)"),
  });
  await rm(folder, { recursive: true });
});
