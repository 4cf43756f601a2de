// For commands outside jest: the same work on SQLite and on PostgreSQL; DATABASES=sqlite or postgres chooses one.
import { startServer } from "./postgres/server.js";

type DatabaseName = "sqlite" | "postgres";

export async function onEachDatabase(work: (name: DatabaseName) => Promise<void>): Promise<void> {
  const chosen = (process.env["DATABASES"] ?? "sqlite,postgres").split(",");
  if (chosen.includes("sqlite")) await work("sqlite");
  if (chosen.includes("postgres")) await onPostgres(() => work("postgres"));
}

/** A server of its own, unless TEST_POSTGRES_URL names one. */
export async function onPostgres(work: () => Promise<void>): Promise<void> {
  const given = process.env["TEST_POSTGRES_URL"];
  const server = given === undefined ? await startServer() : undefined;
  process.env["TEST_POSTGRES_URL"] = given ?? server?.url;
  Object.assign(globalThis, { DATABASE: "postgres" });
  try {
    await work();
  } finally {
    await server?.stop();
  }
}
