import { DatabaseSync } from "@photostructure/sqlite";
import { ask } from "./postgres/database.js";

const RUN_OUT = "update leases set until = 0";

/** As if the seconds for which a dead process still holds the loop had passed. */
export async function letLeaseRunOut(databaseUrl: string): Promise<void> {
  const file = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  if (file === undefined) {
    await ask(databaseUrl, RUN_OUT);
    return;
  }
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec(RUN_OUT);
  database.close();
}
