// Everybody converges although many of Label Studio's answers are bad; what that costs is counted.
import { deepEqual } from "node:assert/strict";
import type { SandboxCall } from "../../src/sandbox/index.js";
import { answerBadly } from "../support/bad-answers.js";
import { group, patch, UNLIMITED, user } from "../support/bridge.js";
import { timelessTrial, type TimelessTrial } from "../support/timeless.js";

/** Enough for whoever met the longest backoff many times in a row. */
const PATIENCE_MS = 20 * 60_000;

export interface CampaignOptions {
  readonly seed: number;
  readonly people: number;
  /** Of all answers, from 0 to 1. */
  readonly share: number;
}

/** Calls per person. */
export interface Cost {
  /** POST, PATCH and DELETE. */
  readonly changing: number;
  /** Those, and every read that is about one person or the key. */
  readonly all: number;
  readonly byCall: Readonly<Record<string, number>>;
  readonly bad: number;
}

export interface Summary {
  readonly roleChange: Cost;
  readonly creation: Cost;
  readonly deletion: Cost;
}

export async function campaign({ seed, people, share }: CampaignOptions): Promise<Summary> {
  const sandbox = { personalAccessToken: true, faultSeed: seed, defaultRole: "AN" };
  const t = await timelessTrial({ sandbox, mapping: UNLIMITED, environment: { RECONCILE_INTERVAL: "off" } });
  try {
    await t.settled();
    const roles = { leaver: await crowd(t, "leaver", people), linked: await crowd(t, "linked", people) };
    await t.settled();
    answerBadly(t.sandbox, share);
    const roleChange = await cost(t, people, async () => {
      await t.scim("POST", "/Groups", group("LS Reviewers", roles.linked));
      await provesRoles(t, "linked", people, "RE");
    });
    const creation = await cost(t, people, async () => {
      const created = await crowd(t, "new", people);
      await t.scim("POST", "/Groups", group("LS Managers", created));
      await provesRoles(t, "new", people, "MA");
    });
    const deletion = await cost(t, people, async () => {
      for (const [at, id] of roles.leaver.entries()) await leave(t, id, at);
      await provesLeft(t, people);
    });
    await provesNothingLeft(t);
    return { roleChange, creation, deletion };
  } finally {
    await t.close();
  }
}

const address = (kind: string, at: number): string => `${kind}${at}@acme.example`;

async function crowd(t: TimelessTrial, kind: string, people: number): Promise<readonly string[]> {
  const answers = [];
  for (let at = 0; at < people; at++) answers.push(await t.scim("POST", "/Users", user(address(kind, at))));
  return answers.map(({ body }) => body.id);
}

/** Every other is deleted, the rest deactivated. */
const leave = (t: TimelessTrial, id: string, at: number) =>
  at % 2 === 0
    ? t.scim("DELETE", `/Users/${id}`)
    : t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));

async function converged(t: TimelessTrial): Promise<void> {
  for (let waited = 0; ; waited += 1_000) {
    const { pending, failing, held } = await t.status();
    if (pending + failing + held === 0) return;
    if (waited > PATIENCE_MS) throw new Error(`not converged: ${JSON.stringify({ pending, failing, held })}`);
    await t.clock.advance(1_000);
  }
}

async function provesRoles(t: TimelessTrial, kind: string, people: number, role: string): Promise<void> {
  await converged(t);
  const found = Array.from({ length: people }, (_, at) => t.sandbox.member(address(kind, at))?.role);
  deepEqual(
    found.filter((each) => each !== role),
    [],
  );
  const made = t.sandbox.calls.filter(({ path, status }) => path === "/api/users/" && status === 201);
  deepEqual(new Set(made.map(({ body }) => (body as { email: string }).email)).size, made.length, "made twice");
}

async function provesLeft(t: TimelessTrial, people: number): Promise<void> {
  await converged(t);
  const left = Array.from({ length: people }, (_, at) => t.sandbox.member(address("leaver", at)));
  deepEqual(
    left.filter((member, at) => (at % 2 === 0 ? member?.deleted !== true : member?.role !== "DI")),
    [],
  );
}

/** A second look at everybody changes nothing. */
async function provesNothingLeft(t: TimelessTrial): Promise<void> {
  t.sandbox.clearFaults();
  t.sandbox.clearCalls();
  await t.restart();
  await converged(t);
  deepEqual(t.sandbox.calls.filter(isChanging), []);
}

async function cost(t: TimelessTrial, people: number, work: () => Promise<void>): Promise<Cost> {
  t.sandbox.clearCalls();
  await work();
  const counted = t.sandbox.calls.filter((call) => !isShared(call));
  const byCall: Record<string, number> = {};
  for (const call of counted) byCall[nameOf(call)] = (byCall[nameOf(call)] ?? 0) + 1 / people;
  const bad = t.sandbox.calls.filter(({ fault }) => fault !== undefined).length / t.sandbox.calls.length;
  return { changing: counted.filter(isChanging).length / people, all: counted.length / people, byCall, bad };
}

const isChanging = ({ method, path }: SandboxCall): boolean => method !== "GET" && !path.startsWith("/api/token/");

/** Pages of the list, reads of Owners and renewals of the token serve everybody. */
const isShared = ({ method, path, query }: SandboxCall): boolean =>
  path.startsWith("/api/token/") ||
  (method === "GET" && path.endsWith("/memberships") && query["search"] === undefined);

const nameOf = ({ method, path, query }: SandboxCall): string =>
  `${method} ${path.replace(/\d+/g, "…")}${query["search"] === undefined ? "" : "?search"}`;
