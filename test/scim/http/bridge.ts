// A SCIM endpoint on the real store, reached over HTTP; every write passes a recorder on its way to the store.
import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import express from "express";
import supertest, { type Response, type Test } from "supertest";
import { Attempts, fixedTokens, type FixedToken } from "../../../src/access/index.js";
import type { BridgeEvent } from "../../../src/events.js";
import type { AuditLine, Clock, Lane, Store, Transaction } from "../../../src/ports.js";
import { scimEndpoints, type ScimOptions } from "../../../src/scim/index.js";
import { openStore } from "../../../src/store/index.js";
import { aDatabase } from "../../support/database.js";

export const TOKEN = "token-of-the-idp";
const PUBLIC_URL = "https://scim.example.com";
export const BASE = `${PUBLIC_URL}/scim/v2`;
export const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
export const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
export const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
export const LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

type Method = "get" | "post" | "put" | "patch" | "delete";

export interface Bridge {
  readonly url: string;
  readonly store: Store;
  readonly events: BridgeEvent[];
  readonly audit: AuditLine[];
  readonly woken: Lane[];
  /** Methods that transactions called, in order. */
  readonly calls: string[];
  readonly time: { now: number };
  send(method: Method, path: string, body?: string | object, headers?: Readonly<Record<string, string>>): Test;
  /** Who waits in the outbox, as `<lane> <cause>` by SCIM id; they do not wait any more afterwards. */
  looks(): Promise<Record<string, string>>;
  close(): Promise<void>;
}

export type Intercept = (tx: Transaction) => Partial<Transaction>;

export type BridgeOptions = Partial<ScimOptions> & { readonly tokens?: readonly FixedToken[] };

export async function openBridge(more: BridgeOptions = {}, intercept: Intercept = () => ({})): Promise<Bridge> {
  const database = await aDatabase();
  const store = await openStore({ url: database.url });
  const recorded = recorder(store, intercept);
  const events: BridgeEvent[] = [];
  const woken: Lane[] = [];
  const time = { now: Date.parse("2026-01-01T00:00:00.000Z") };
  const clock: Clock = { now: () => time.now, sleep: () => Promise.resolve() };
  const attempts = new Attempts(clock);
  const identify = fixedTokens(more.tokens ?? [{ name: "idp", value: TOKEN }]);
  const app = express().use(
    "/scim/v2",
    scimEndpoints({
      store: recorded.store,
      clock,
      emit: (event) => events.push(event),
      newId: () => randomUUID(),
      publicUrl: () => PUBLIC_URL,
      access: { identify, refuse: (address) => attempts.failed(address) },
      maxRps: 0,
      onWork: (lane) => woken.push(lane),
      ...more,
    }),
  );
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`;
  const { audit, calls } = recorded;
  return {
    url,
    store,
    events,
    audit,
    woken,
    calls,
    time,
    send: (method, path, body, headers = {}) => {
      const request = supertest(url)
        [method](path)
        .set({ Authorization: `Bearer ${TOKEN}`, ...headers })
        .buffer(true)
        .parse(parseBody);
      if (body === undefined) return request;
      return request
        .set("Content-Type", headers["Content-Type"] ?? "application/scim+json")
        .send(typeof body === "string" ? body : JSON.stringify(body));
    },
    looks: () => looks(store, time.now),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await store.close();
      await database.drop();
    },
  };
}

/** superagent knows application/scim+json no more than any other type. */
function parseBody(response: Response, done: (error: Error | null, body: unknown) => void): void {
  const chunks: Buffer[] = [];
  const stream = response as unknown as NodeJS.ReadableStream;
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => {
    const text = Buffer.concat(chunks).toString();
    try {
      done(null, text === "" ? undefined : JSON.parse(text));
    } catch {
      done(null, text);
    }
  });
}

function recorder(store: Store, intercept: Intercept) {
  const audit: AuditLine[] = [];
  const calls: string[] = [];
  const recording = (tx: Transaction, lines: AuditLine[]): Transaction => {
    const chosen = { ...tx, ...intercept(tx) };
    const methods = Object.entries(chosen as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>);
    const noting = methods.map(([name, method]) => [
      name,
      (...args: unknown[]) => {
        calls.push(name);
        if (name === "audit") lines.push(args[0] as AuditLine);
        return method(...args);
      },
    ]);
    return Object.fromEntries(noting) as Transaction;
  };
  const transaction: Store["transaction"] = async (work) => {
    const lines: AuditLine[] = [];
    const result = await store.transaction((tx) => work(recording(tx, lines)));
    audit.push(...lines);
    return result;
  };
  return { store: { ...store, transaction }, audit, calls };
}

async function looks(store: Store, now: number): Promise<Record<string, string>> {
  const claims = await store.work.claim(["leaver", "change", "sweep"], 10_000, 1_000, now + 60_000);
  for (const claim of claims) await store.work.settle(claim, undefined);
  return Object.fromEntries(claims.map((claim) => [claim.personId, `${claim.lane} ${claim.cause}`]));
}

export const idOf = (response: Response): string => (response.body as { id: string }).id;

/** Everything that a client can see, and how much has been written. */
export async function snapshot(bridge: Bridge): Promise<unknown> {
  const users = await bridge.send("get", "/Users?count=200");
  const groups = await bridge.send("get", "/Groups?count=200");
  return { users: users.body as unknown, groups: groups.body as unknown, audit: bridge.audit.length };
}

export const patchOf = (...Operations: readonly object[]): object => ({ schemas: [PATCH], Operations });

export async function createUser(bridge: Bridge, userName: string, more: object = {}): Promise<string> {
  const response = await bridge.send("post", "/Users", { schemas: [USER], userName, ...more });
  if (response.status !== 201) throw new Error(`${response.status} ${JSON.stringify(response.body)}`);
  return idOf(response);
}

export async function createGroup(
  bridge: Bridge,
  displayName: string,
  memberIds: readonly string[] = [],
): Promise<string> {
  const members = memberIds.map((value) => ({ value }));
  const response = await bridge.send("post", "/Groups", { schemas: [GROUP], displayName, members });
  if (response.status !== 201) throw new Error(`${response.status} ${JSON.stringify(response.body)}`);
  return idOf(response);
}
