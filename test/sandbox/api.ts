import { afterEach } from "@jest/globals";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.js";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** undefined when the answer is not JSON. */
  readonly body: Row;
}

export type Row = Readonly<Record<string, unknown>>;

export interface Api {
  readonly sandbox: Sandbox;
  readonly get: (path: string) => Promise<Reply>;
  readonly send: (method: string, path: string, body?: unknown) => Promise<Reply>;
  /** As it is, with no credentials added. */
  readonly raw: (path: string, init?: RequestInit) => Promise<Reply>;
}

const running: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
});

/** A sandbox of this test, closed after it, and calls made with its legacy token. */
export async function open(options: SandboxOptions = {}): Promise<Api> {
  const sandbox = await startSandbox(options);
  running.push(sandbox);
  const headers = { authorization: `Token ${sandbox.apiKey}`, "content-type": "application/json" };
  const raw = async (path: string, init?: RequestInit) => reply(await fetch(`${sandbox.url}${path}`, init));
  return {
    sandbox,
    raw,
    get: (path) => raw(path, { headers }),
    send: (method, path, body) =>
      raw(path, body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) }),
  };
}

async function reply(response: Response): Promise<Reply> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : {}) as Row };
}

export const MEMBERS = "/api/organizations/1/memberships";

interface MemberRow extends Row {
  readonly id: number;
  readonly role: string;
  readonly user: Row & { readonly id: number; readonly email: string };
}

export const rows = (page: Reply): readonly MemberRow[] => page.body["results"] as readonly MemberRow[];
export const emails = (page: Reply): readonly string[] => rows(page).map(({ user }) => user.email);
export const isHtml404 = ({ status, headers, text }: Reply): boolean =>
  status === 404 && headers.get("content-type") === "text/html; charset=utf-8" && text.includes("<html>");

/** Small world: two people besides the key's owner. */
export const SEED = [
  { email: "owner@x.example", role: "OW" },
  { email: "key@x.example", role: "AD" },
  { email: "ann@x.example", role: "AN", firstName: "Ann", lastName: "Berg" },
] as const;
