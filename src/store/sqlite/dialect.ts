// Lets Kysely's SqliteDialect (written for better-sqlite3) drive a connection of ours.
import { SqliteAdapter, SqliteDialect, type SqliteDatabase } from "kysely";
import type { RunsDirectly } from "../engine.js";
import type { Flavoured } from "../flavour.js";
import type { Connection } from "./connection.js";
import { sqliteFlavour } from "./flavour.js";

class DirectAdapter extends SqliteAdapter implements RunsDirectly, Flavoured {
  readonly flavour = sqliteFlavour;
  readonly all: RunsDirectly["all"];

  constructor({ all }: Connection) {
    super();
    this.all = all;
  }
}

export function sqliteDialect(connection: Connection): SqliteDialect {
  const dialect = new SqliteDialect({ database: adapt(connection) });
  dialect.createAdapter = () => new DirectAdapter(connection);
  return dialect;
}

const adapt = (connection: Connection): SqliteDatabase => ({
  close: connection.close,
  prepare: (sql) => ({
    reader: /^\s*(select|with|pragma)\b|\breturning\b/i.test(sql),
    all: (parameters) => connection.all(sql, parameters),
    run: (parameters) => connection.run(sql, parameters),
    iterate: (parameters) => connection.iterate(sql, parameters),
  }),
});
