import { afterEach, describe, expect, test } from "@jest/globals";
import { group, patch, trial, user, writes, type Trial, type TrialOptions } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const start = async (options?: TrialOptions) => {
  t = await trial(options);
  await t.settled();
  t.sandbox.clearCalls();
};
const add = async (email: string, more: Record<string, unknown> = {}) =>
  (await t.scim("POST", "/Users", user(email, more))).body.id;
const join = (name: string, ...ids: readonly string[]) => t.scim("POST", "/Groups", group(name, ids));
const activate = (id: string, active: boolean) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: { active } }));
const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const OLIVIA = "olivia.winter@acme.example";
const ADA = "ada@acme.example";

test("strangers stay as they are, through joining, leaving and restarts of others", async () => {
  await start();
  const before = t.sandbox.members();
  const id = await add(ADA);
  await join("LS Annotators", id);
  await made();
  await t.scim("DELETE", `/Users/${id}`);
  await made();
  await t.restart();
  await made();
  expect(t.sandbox.members()).toEqual(before);
});

describe("held, with nothing sent", () => {
  const SPECIAL = [
    { email: "flex@acme.example", role: "AN", userType: "flex" },
    { email: "service@acme.example", role: "AN", userType: "service" },
    { email: "odd@acme.example", role: "ZZ", userType: "standard" },
    { email: "vera.osman@acme.example", role: "VO", userType: "viewonly" },
    { email: OLIVIA, role: "OW" },
    { email: "provisioning.bridge@acme.example", role: "AD" },
  ];
  const special = SPECIAL.map(({ email }) => email);

  test("another role", async () => {
    await start({ sandbox: { seed: SPECIAL } });
    const ids = [];
    for (const email of special) ids.push(await add(email));
    await join("LS Reviewers", ...ids);
    expect(await made()).toEqual([]);
    expect(await t.status()).toMatchObject({ held: SPECIAL.length, converged: 0, failing: 0 });
  });

  test("leavers, all but a view-only one", async () => {
    await start({ sandbox: { seed: SPECIAL } });
    const before = t.sandbox.members();
    const ids = [];
    for (const email of special.filter((each) => !each.startsWith("vera"))) ids.push(await add(email));
    await made();
    for (const id of ids) await activate(id, false);
    expect(await made()).toEqual([]);
    expect(await t.status()).toMatchObject({ held: ids.length, converged: 0, failing: 0 });
    for (const id of ids) await t.scim("DELETE", `/Users/${id}`);
    expect(await made()).toEqual([]);
    expect(t.sandbox.members()).toEqual(before);
  });

  test("no longer held once the IdP agrees with what is", async () => {
    await start();
    const id = await add(OLIVIA);
    await made();
    await activate(id, false);
    await made();
    await activate(id, true);
    expect(await made()).toEqual([]);
    expect(await t.status()).toMatchObject({ held: 0, converged: 1 });
  });
});

test.each(["active=false", "DELETE"])("view-only: DI for a leaver (%s), never a role again", async (how) => {
  await start();
  const id = await add("vera.osman@acme.example");
  await made();
  await (how === "DELETE" ? t.scim("DELETE", `/Users/${id}`) : activate(id, false));
  expect(await made()).toEqual([expect.stringMatching(/^PATCH .*"role":"DI"/)]);
  expect(t.sandbox.member("vera.osman@acme.example")).toMatchObject({ role: "DI", deleted: false });
  await join(
    "LS Annotators",
    how === "DELETE" ? await add("vera.osman@acme.example") : (await activate(id, true)).body.id,
  );
  expect(await made()).toEqual([]);
  expect(await t.status()).toMatchObject({ held: 1 });
});

test("view-only and inactive from the beginning: DI", async () => {
  t = await trial();
  await t.settled();
  await t.scim("POST", "/Users", user("vera.osman@acme.example", { active: false }));
  expect((await t.settled()).converged).toBe(1);
  expect(t.sandbox.member("vera.osman@acme.example")?.role).toBe("DI");
});
