// The complete directory as it lies on disk, read on a connection of its own.
import { createHash } from "node:crypto";
import { DatabaseSync } from "@photostructure/sqlite";
import type { Targets } from "./request.js";

export interface DirectoryView extends Targets {
  /** Of every row of users, groups, members, addresses and tombstones. */
  readonly digest: string;
}

const TABLES = ["users", "groups", "members", "addresses", "tombstones"];

/** Cheap when nothing was committed since it was asked last. */
export function watchDirectory(databaseUrl: string): {
  readonly look: () => DirectoryView;
  readonly close: () => void;
} {
  const database = new DatabaseSync(databaseUrl.replace(/^sqlite:/, ""), { readOnly: true });
  const version = database.prepare("pragma data_version");
  const rows = TABLES.map((table) => database.prepare(`select * from ${table} order by 1, 2, 3`));
  const ids = (table: string) => database.prepare(`select id from ${table} order by position`);
  const [users, groups] = [ids("users"), ids("groups")];
  let seen: unknown;
  let view: DirectoryView | undefined;
  return {
    look: () => {
      const now = (version.get() as { data_version: unknown }).data_version;
      if (view && now === seen) return view;
      seen = now;
      const hash = createHash("sha256");
      for (const table of rows) hash.update(JSON.stringify(table.all()));
      const list = (statement: typeof users) => (statement.all() as { id: string }[]).map(({ id }) => id);
      view = { digest: hash.digest("hex"), users: list(users), groups: list(groups) };
      return view;
    },
    close: () => database.close(),
  };
}
