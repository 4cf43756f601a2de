// A database of its own for a test, on the server of this run.
import { randomUUID } from "node:crypto";
import pg from "pg";

export interface Database {
  /** As DATABASE_URL takes it. */
  readonly url: string;
  /** Ends its connections as well. */
  drop(): Promise<void>;
}

export async function freshDatabase(): Promise<Database> {
  const name = `bridge_${randomUUID().replaceAll("-", "")}`;
  await administer(`create database ${name} template template0`);
  const url = new URL(serverUrl());
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`drop database if exists ${name} with (force)`) };
}

/** What restoring a dump into another database makes of it; nobody may be connected to it meanwhile. */
export async function copyOfDatabase(of: string): Promise<Database> {
  const name = `bridge_${randomUUID().replaceAll("-", "")}`;
  await administer(`create database ${name} template ${new URL(of).pathname.slice(1)}`);
  const url = new URL(of);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(`drop database if exists ${name} with (force)`) };
}

/** Rows of one statement, asked by somebody other than the bridge. */
export async function ask(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function administer(statement: string): Promise<void> {
  await ask(serverUrl(), statement);
}

function serverUrl(): string {
  const { TEST_POSTGRES_URL: url, TEST_POSTGRES_PROBLEM: problem } = process.env;
  if (url) return url;
  throw new Error(
    `This test needs PostgreSQL and there is none: ${problem ?? "the tests were started without their setup"}. ` +
      "npm ci brings a server for most platforms; else name one in TEST_POSTGRES_URL.",
  );
}
