// The audit commands beside a running bridge, by its API and straight on its store.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { run } from "../../src/cli/index.js";
import { patch, trial, user, type Trial } from "../support/bridge.js";

let t: Trial;
let id: string;
beforeAll(async () => {
  t = await trial();
  ({ id } = (await t.scim("POST", "/Users", user("kim@acme.example"))).body);
  await t.settled();
  await t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
  await t.until(() => t.sandbox.member("kim@acme.example")?.role === "DI");
  await t.settled();
});
afterAll(() => t.close());

async function command(onStore: boolean, ...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const token = "admin-token-for-tests-only";
  const where = onStore ? [] : ["--url", t.url, "--token", token];
  const code = await run(["audit", ...args, ...where], "0", {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    environment: { DATABASE_URL: t.databaseUrl },
    untilStopped: () => Promise.resolve("never"),
    onHangup: () => () => undefined,
  });
  return { code, out, err: err.join("\n") };
}

interface Line {
  readonly action: string;
  readonly requestId: string | null;
  readonly actor: string;
  readonly subject: string;
  readonly hash?: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

const WHERE = [
  ["by the API", false],
  ["on the store", true],
] as const;

test.each(WHERE)(
  "export %s: who, what, why, before and after, and what Label Studio answered",
  async (_name, onStore) => {
    const { code, out } = await command(onStore, "export", "--since", "1h");
    const lines = out.map((line) => JSON.parse(line) as Line);
    expect(code).toBe(0);
    const asked = lines.find(({ action }) => action === "user.patch");
    expect(asked).toMatchObject({
      actor: "environment-1",
      subject: id,
      detail: { before: { active: true }, after: { active: false } },
    });
    const done = lines.filter(({ action }) => action === "member.deactivate");
    expect(done.map(({ detail }) => detail["stage"])).toEqual(["sent", "done"]);
    const why = { from: "NO", to: "DI", cause: "user.patch", why: "inactive" };
    expect(done[0]).toMatchObject({ actor: "bridge", subject: id, requestId: asked?.requestId, detail: why });
    expect(done[1]).toMatchObject({ detail: { ...why, observed: "DI" } });
  },
);

test.each(WHERE)("verify %s: whole, also by the hash that it told", async (_name, onStore) => {
  const told = async () => command(onStore, "verify");
  for (let { out } = await told(); !/^[1-9]/.test(out[0] ?? ""); { out } = await told()) await delay(100);
  const first = await told();
  expect(first).toMatchObject({ code: 0, err: "" });
  const head = /^head (\w{64})$/m.exec(first.out.join("\n"))?.[1] ?? "";
  expect(await command(onStore, "verify", "--expect-head", head, "--json")).toMatchObject({ code: 0 });
  expect(await command(onStore, "verify", "--expect-head", "00")).toMatchObject({
    code: 1,
    err: expect.stringContaining("was made anew"),
  });
});

test.each(WHERE)("what cannot be understood %s is a matter of usage", async (_name, onStore) => {
  expect(await command(onStore, "export", "--since", "yesterday")).toMatchObject({
    code: 64,
    err: expect.stringContaining("since"),
  });
  expect(await command(onStore, "export", "--format", "xml")).toMatchObject({ code: 64 });
});
