// What a process lets in, over real HTTP: SCIM and /oauth/token on a real store. Time is the test's; several fronts can
// share one store.
import { once } from "node:events";
import { randomBytes, randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import express from "express";
import { request } from "undici";
import { credentialDesk, openAccess, type AccessOptions, type CredentialDesk } from "../../src/access/index.js";
import type { BridgeEvent } from "../../src/events.js";
import type { Store } from "../../src/ports.js";
import { scimEndpoints } from "../../src/scim/index.js";
import { openStore } from "../../src/store/index.js";
import { aDatabase } from "../support/database.js";
import { fakeClock, type FakeClock } from "../support/fake-clock.js";

export const FIXED = "token-of-the-settings";
const NEW_YEAR = Date.UTC(2027, 0, 1);
/** As long as it takes a process to hear of a change, and a little. */
export const HEARD_MS = 2_100;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Front {
  readonly events: BridgeEvent[];
  readonly store: Store;
  /** `GET /Users` with this token: its status. */
  status(token: string, address?: string): Promise<number>;
  scim(method: "GET" | "POST", path: string, token: string, body?: object): Promise<Answer>;
  /** Sends the form, or the text as it is, to /oauth/token. */
  oauth(form: Readonly<Record<string, string>> | string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  close(): Promise<void>;
}

export interface House {
  readonly clock: FakeClock;
  readonly desk: CredentialDesk;
  readonly databaseUrl: string;
  /** Every read of credentials, and every note of their use, fails until it is called again with false. */
  breakStore(isBroken: boolean): void;
  open(settings?: Partial<AccessOptions["settings"]>): Promise<Front>;
  /** Time passes, and whoever waited for it has done what they waited for. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

export async function house(): Promise<House> {
  const database = await aDatabase();
  const clock = fakeClock(NEW_YEAR);
  const own = await openStore({ url: database.url });
  const open: Front[] = [];
  const reading = { isBroken: false, asked: 0, answered: 0 };
  return {
    clock,
    desk: credentialDesk({ store: own, clock, random: randomBytes }),
    databaseUrl: database.url,
    breakStore: (isBroken) => (reading.isBroken = isBroken),
    open: async (settings = {}) => {
      const front = await openFront(database.url, clock, settings, reading);
      open.push(front);
      return front;
    },
    pass: async (ms) => {
      await clock.advance(ms);
      // The store's answers are on their way in real time.
      for (let before = -1; before !== reading.answered || reading.asked > reading.answered;) {
        before = reading.answered;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    close: async () => {
      for (const front of open) await front.close();
      await own.close();
      await database.drop();
    },
  };
}

async function openFront(
  url: string,
  clock: FakeClock,
  settings: Partial<AccessOptions["settings"]>,
  reading: { isBroken: boolean; asked: number; answered: number },
): Promise<Front> {
  const store = await openStore({ url });
  const events: BridgeEvent[] = [];
  const emit = (event: BridgeEvent) => void events.push(event);
  const all: Store["credentials"]["all"] = async () => {
    if (reading.isBroken) throw new Error("the store cannot be read");
    reading.asked += 1;
    return store.credentials.all().finally(() => (reading.answered += 1));
  };
  const noteUses: Store["credentials"]["noteUses"] = async (uses) => {
    if (reading.isBroken) throw new Error("the store cannot be written");
    reading.asked += 1;
    await store.credentials.noteUses(uses).finally(() => (reading.answered += 1));
  };
  const access = await openAccess({
    store: { credentials: { ...store.credentials, all, noteUses } },
    clock,
    emit,
    onFault: (error) => emit({ kind: "loop-fault", error }),
    random: randomBytes,
    settings: {
      scimTokens: [{ name: "environment-1", value: FIXED }],
      workloadIdentity: undefined,
      oauthTokenLifetimeMs: 3_600_000,
      ...settings,
    },
  });
  const scim = scimEndpoints({
    ...{ store, clock, emit, access, maxRps: 0 },
    newId: () => randomUUID(),
    publicUrl: () => "https://scim.example.com",
    onWork: () => undefined,
  });
  // One proxy in front, so that a test can come from anywhere.
  const app = express().set("trust proxy", 1).use("/scim/v2", scim).all("/oauth/token", access.tokenEndpoint);
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ending = new AbortController();
  const following = access.follow(ending.signal);
  const ask = (method: "GET" | "POST", path: string, headers: Record<string, string>, body: string | null = null) =>
    send(`${base}${path}`, method, headers, body);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    ending.abort();
    await following;
    server.closeAllConnections();
    server.close();
    await store.close();
  };
  return {
    events,
    store,
    status: async (token, address = "192.0.2.1") =>
      (
        await ask("GET", "/scim/v2/Users?count=0", {
          authorization: `Bearer ${token}`,
          "x-forwarded-for": address,
        })
      ).status,
    scim: (method, path, token, body) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
      return ask(method, `/scim/v2${path}`, headers, body === undefined ? null : JSON.stringify(body));
    },
    oauth: (form, headers = {}) => {
      const text = typeof form === "string" ? form : new URLSearchParams(form).toString();
      return ask("POST", "/oauth/token", { "content-type": "application/x-www-form-urlencoded", ...headers }, text);
    },
    close: () => (closed ??= close()),
  };
}

async function send(
  url: string,
  method: "GET" | "POST",
  headers: Record<string, string>,
  body: string | null,
): Promise<Answer> {
  const answer = await request(url, { method, headers, body });
  const text = await answer.body.text();
  return {
    status: answer.statusCode,
    headers: answer.headers,
    body: (text === "" ? {} : JSON.parse(text)) as object as Answer["body"],
  };
}
