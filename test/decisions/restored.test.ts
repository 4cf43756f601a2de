// A store out of a backup: nothing is sent until an operator has looked, as it does not know who has left since.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { request } from "undici";
import type { BridgeEvent } from "../../src/events.js";
import { aCopyOf, aDatabase } from "../support/database.js";
import type { Database } from "../support/postgres/database.js";
import { patch, trial, user, writes, type Trial } from "../support/bridge.js";

const ANNOTATORS = `
version: 1
roles: { rules: [], default: AN }
`;

let t: Trial;
let copy: Database | undefined;
let events: BridgeEvent[];
beforeEach(async () => {
  events = [];
  t = await trial({ mapping: ANNOTATORS, emit: (event) => events.push(event) });
});
afterEach(async () => {
  await t.close();
  await copy?.drop();
});

const restored = () => events.filter(({ kind }) => kind === "restored");
const readiness = async () => {
  const { statusCode, body } = await request(`${t.url}/readyz`);
  return { statusCode, body: (await body.json()) as { paused?: { all: boolean; because?: string } } };
};
const deactivate = (id: string) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));

/** A copy of the database, as of now; for making it nobody may have the database open, so the bridge has another one meanwhile. */
async function aCopy(): Promise<Database> {
  const another = await aDatabase();
  await t.restart({ environment: { DATABASE_URL: another.url } });
  const made = await aCopyOf(t.databaseUrl);
  await t.restart({ environment: {} });
  await another.drop();
  return made;
}

test("a copy is paused with its leavers, answers SCIM, and shows in plan who has left since; resume sends", async () => {
  const { id } = (await t.scim("POST", "/Users", user("ada@acme.example"))).body;
  const grace = (await t.scim("POST", "/Users", user("grace@acme.example"))).body.id;
  await t.settled();
  copy = await aCopy();
  expect(restored()).toEqual([]);
  await deactivate(id);
  await t.until(() => t.sandbox.member("ada@acme.example")?.role === "DI");
  await t.settled();
  const sent = writes(t.sandbox.calls).length;

  await t.restart({ environment: { DATABASE_URL: copy.url } });
  expect(restored()).toEqual([{ kind: "restored", because: expect.stringMatching(/copy.*docs\/backup\.md/) }]);
  const { statusCode, body } = await readiness();
  expect(statusCode).toBe(200);
  expect(body.paused).toMatchObject({ all: true, because: expect.stringContaining("docs/backup.md") });
  expect(await t.status()).toMatchObject({ paused: { all: true, because: expect.stringContaining("copy") } });
  // The identity provider is answered as usual; not even leavers are sent.
  expect((await deactivate(grace)).status).toBe(200);
  // Nor when somebody pauses what is paused.
  expect(await t.admin("POST", "/pause", {})).toMatchObject({ all: true, because: expect.stringContaining("copy") });
  expect((await t.scim("POST", "/Users", user("new@acme.example"))).status).toBe(201);
  await t.until(async () => {
    const { changes } = (await t.admin("GET", "/plan")) as unknown as { changes: { userName: string; from: string }[] };
    return changes.some(({ userName, from }) => userName === "ada@acme.example" && from === "DI");
  });
  expect(writes(t.sandbox.calls)).toHaveLength(sent);
  expect(t.sandbox.member("grace@acme.example")?.role).toBe("AN");

  await deactivate(id);
  await t.admin("POST", "/resume");
  await t.until(() => t.sandbox.member("grace@acme.example")?.role === "DI");
  await t.until(() => t.sandbox.member("new@acme.example")?.role === "AN");
  expect(t.sandbox.member("ada@acme.example")?.role).toBe("DI");
});

test("a plain restart is none, and a pause that has been ended does not come back", async () => {
  await t.restart();
  await t.restart();
  expect(restored()).toEqual([]);
  copy = await aCopy();
  await t.restart({ environment: { DATABASE_URL: copy.url } });
  await t.admin("POST", "/resume");
  await t.restart();
  expect(restored()).toHaveLength(1);
  expect((await readiness()).body.paused).toBeUndefined();
});

test("a pause of the operator's is no reason to say more than that", async () => {
  await t.admin("POST", "/pause", {});
  expect((await readiness()).body.paused).toEqual({ all: false, at: expect.any(String) });
});
