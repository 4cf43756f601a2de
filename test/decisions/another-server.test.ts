// The same database against another Label Studio: what was learned at one never acts at the other.
import { afterEach, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { request } from "undici";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.js";
import { group, patch, trial, user, writes, type Trial } from "../support/bridge.js";

let t: Trial;
let other: Sandbox | undefined;
afterEach(async () => {
  await t.close();
  await other?.close();
  other = undefined;
});

const KEY_OWNER = { email: "provisioning.bridge@acme.example", role: "AD" };
const PEOPLE = ["ada", "bob", "cleo"];
const seedOf = (emails: readonly string[]) => [KEY_OWNER, ...emails.map((email) => ({ email, role: "AN" }))];
const at = (domain: string) => seedOf(PEOPLE.map((name) => `${name}@${domain}.example`));
const ACME = at("acme");

const another = async (options: SandboxOptions) => (other = await startSandbox(options));
const server = (url: string) => ({ LABEL_STUDIO_URL: url });
const leave = (id: string) => t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
const role = (sandbox: Sandbox, email: string) => sandbox.member(email)?.role;
/** Pages of complete reads. */
const lists = (sandbox: Sandbox) =>
  sandbox.calls.filter(
    ({ path, query }) =>
      path.endsWith("/memberships") && query["page"] !== undefined && !query["search"] && !query["role"],
  );
const DOWN = { kind: "status", status: 503 } as const;

/** Ada, Bob and Cleo linked at the first server, Ada as Reviewer. */
const linked = async (sandbox: SandboxOptions = {}) => {
  t = await trial({ sandbox: { seed: ACME, ...sandbox } });
  await t.settled();
  const ids: string[] = [];
  for (const name of PEOPLE) ids.push((await t.scim("POST", "/Users", user(`${name}@acme.example`))).body.id);
  const { body } = await t.scim("POST", "/Groups", group("LS Reviewers", ids.slice(0, 1)));
  await t.settled();
  expect(role(t.sandbox, "ada@acme.example")).toBe("RE");
  t.sandbox.clearCalls();
  return { ids, reviewers: body.id };
};

const lines = async () => {
  const answer = await request(`${t.url}/readyz`);
  return { status: answer.statusCode, body: await answer.body.json() };
};

test("leavers of one server never hit whoever has their user id at another", async () => {
  const { ids } = await linked();
  t.sandbox.inject(DOWN, { method: "PATCH", probability: 1 });
  t.sandbox.inject(DOWN, { method: "DELETE", probability: 1 });
  await leave(ids[0] ?? "");
  await t.scim("DELETE", `/Users/${ids[1] ?? ""}`);
  const elsewhere = await another({ seed: at("stranger") });
  await t.restart({ environment: server(elsewhere.url) });
  await t.settled();
  expect(elsewhere.members().filter(({ email }) => email.endsWith("@stranger.example"))).toEqual(
    PEOPLE.map((name) => expect.objectContaining({ email: `${name}@stranger.example`, role: "AN", deleted: false })),
  );
  // Cleo is unknown there and active: made anew.
  expect(role(elsewhere, "cleo@acme.example")).toBe("NO");
  expect(await t.status()).toMatchObject({ failing: 0, held: 0 });
});

test("the same people under other user ids: each change goes to their account there", async () => {
  const { ids } = await linked();
  t.sandbox.inject(DOWN, { method: "PATCH", probability: 1 });
  await leave(ids[0] ?? "");
  const swapped = seedOf(["cleo", "ada", "bob"].map((name) => `${name}@acme.example`));
  const elsewhere = await another({ seed: swapped });
  await t.restart({ environment: server(elsewhere.url) });
  await t.settled();
  expect(PEOPLE.map((name) => role(elsewhere, `${name}@acme.example`))).toEqual(["DI", "AN", "AN"]);
});

test("until everybody there has been read nobody is worked on, and what was known of the old server stays", async () => {
  const { ids } = await linked();
  const elsewhere = await another({ seed: at("stranger") });
  // The first page comes, the second never does: a partial read says nothing.
  elsewhere.set({ largestPage: 2 });
  let pages = 0;
  elsewhere.inject(DOWN, { path: (path) => path.endsWith("/memberships") && ++pages > 1, probability: 1 });
  await t.restart({ environment: server(elsewhere.url) });
  await leave(ids[0] ?? "");
  while (lists(elsewhere).length < 3) await delay(20);
  expect(writes(elsewhere.calls)).toEqual([]);
  expect((await t.status()).pending).toBe(3);
  expect((await lines()).status).toBe(503);
  await t.restart({ environment: {} });
  await t.settled();
  expect([role(t.sandbox, "ada@acme.example"), writes(t.sandbox.calls).length]).toEqual(["DI", 1]);
  expect((await lines()).status).toBe(200);
  await t.restart({ environment: server(elsewhere.url) });
  elsewhere.clearFaults();
  await t.settled(8_000);
  expect((await lines()).status).toBe(200);
  expect(PEOPLE.map((name) => role(elsewhere, `${name}@stranger.example`))).toEqual(["AN", "AN", "AN"]);
});

test("a new host name of the same organisation keeps every link", async () => {
  const { reviewers } = await linked();
  await t.restart({ environment: server(t.sandbox.url.replace("127.0.0.1", "localhost")) });
  await t.settled();
  expect(writes(t.sandbox.calls)).toEqual([]);
  // Only who has been matched before gets the default: remembered in the link.
  await t.scim("PUT", `/Groups/${reviewers}`, group("LS Reviewers"));
  await t.settled();
  expect(PEOPLE.map((name) => role(t.sandbox, `${name}@acme.example`))).toEqual(["NO", "AN", "AN"]);
});

test("the key's owner is active in another organisation by the next start", async () => {
  await linked();
  const { port } = new URL(t.sandbox.url);
  await t.sandbox.close();
  const elsewhere = await another({ seed: at("stranger"), organizationId: 2, port: Number(port) });
  await t.restart();
  await t.settled(8_000);
  expect(PEOPLE.map((name) => role(elsewhere, `${name}@stranger.example`))).toEqual(["AN", "AN", "AN"]);
  expect(role(elsewhere, "ada@acme.example")).toBe("RE");
});

test("an invitation sent at one server does not stand for an account at another", async () => {
  t = await trial({ mapping: "version: 1\ncreate: invite\n", sandbox: { seed: ACME } });
  await t.settled();
  await t.scim("POST", "/Users", user("dora@acme.example"));
  expect((await t.settled()).warnings).toBe(1);
  const elsewhere = await another({ seed: at("stranger") });
  await t.restart({ environment: server(elsewhere.url) });
  await t.settled();
  expect(elsewhere.invitations.map(({ email }) => email)).toEqual(["dora@acme.example"]);
});

test("a first start, and another at the same server, read everybody once", async () => {
  t = await trial({ sandbox: { seed: ACME } });
  await t.settled();
  while (lists(t.sandbox).length === 0) await delay(10);
  expect(lists(t.sandbox)).toHaveLength(1);
  t.sandbox.clearCalls();
  await t.restart();
  while (lists(t.sandbox).length === 0) await delay(10);
  await t.settled();
  expect(lists(t.sandbox)).toHaveLength(1);
});
