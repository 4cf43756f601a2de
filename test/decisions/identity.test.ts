import { afterEach, describe, expect, test } from "@jest/globals";
import { group, patch, trial, user, writes, type Trial, type TrialOptions } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const start = async (options?: TrialOptions) => {
  t = await trial(options);
  await t.settled();
  t.sandbox.clearCalls();
};
const add = async (userName: string, more: Record<string, unknown> = {}) => {
  const answer = await t.scim("POST", "/Users", user(userName, more));
  expect(answer.status).toBe(201);
  return answer.body.id;
};
const join = (name: string, ...ids: readonly string[]) => t.scim("POST", "/Groups", group(name, ids));
const set = (id: string, values: Record<string, unknown>) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: values }));
const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const role = (email: string) => t.sandbox.member(email)?.role;
const ADA = "ada@acme.example";
const ALIAS = { emails: [{ value: "ADA@acme.example", primary: true }] };

describe("which e-mail stands for a person", () => {
  test("primary, else work, else the only one, else the userName", async () => {
    const mail = (value: string, more = {}) => ({ value: `${value}@acme.example`, ...more });
    await start();
    await add("x1@acme.example", { emails: [mail("w1", { type: "work" }), mail("p1", { primary: true })] });
    await add("x2@acme.example", { emails: [mail("h2", { type: "home" }), mail("w2", { type: "work" })] });
    await add("x3@acme.example", { emails: [mail("h3", { type: "home" })] });
    await add("Xenia@Acme.Example", { emails: [mail("h4", { type: "home" }), mail("o4", { type: "other" })] });
    const bodies = (await made()).map((call) => /"email":"([^"@]+)@acme.example"/.exec(call)?.[1]);
    expect(bodies.sort()).toEqual(["h3", "p1", "w2", "xenia"]);
  });

  test("identity.email puts them in another order", async () => {
    await start({ mapping: "version: 1\nidentity: { email: [userName, primary] }\n" });
    await add("u@acme.example", { emails: [{ value: "p@acme.example", primary: true }] });
    await made();
    expect(role("u@acme.example")).toBe("NO");
  });

  test("none: stored and failing, nothing sent; converged once one is given", async () => {
    await start();
    const id = await add("ada", { emails: [] });
    expect(await made()).toEqual([]);
    expect(await t.status()).toMatchObject({ failing: 1, converged: 0 });
    await set(id, { emails: [{ value: ADA, primary: true }] });
    await made();
    expect(role(ADA)).toBe("NO");
    expect(await t.status()).toMatchObject({ failing: 0, converged: 1 });
  });
});

describe("people already in Label Studio", () => {
  test("are adopted in any letter case, never created twice", async () => {
    await start({ sandbox: { seed: [{ email: "Ada@Acme.example", role: "RE" }] } });
    await join("LS Annotators", await add("aDA@acme.example"));
    expect(await made()).toEqual([expect.stringMatching(/^PATCH .*"role":"AN"/)]);
    expect(role("Ada@Acme.example")).toBe("AN");
  });

  test("are never found by a part of their address", async () => {
    const seed = [`x${ADA}`, `${ADA}.org`].map((email) => ({ email, role: "RE" }));
    await start({ sandbox: { seed } });
    await join("LS Annotators", await add(ADA));
    await made();
    expect([role(ADA), ...seed.map(({ email }) => role(email))]).toEqual(["AN", "RE", "RE"]);
  });
});

describe("a second SCIM user with the same e-mail", () => {
  const twins = async () => {
    await start();
    const first = await add(ADA);
    await join("LS Annotators", first);
    await made();
    const second = await add("ada.two@acme.example", ALIAS);
    await join("LS Reviewers", second);
    expect(await made()).toEqual([]);
    expect(await t.status()).toMatchObject({ converged: 1, failing: 1, held: 0, pending: 0 });
    return { first, second };
  };

  test("takes over when the first is deactivated, without a DI in between", async () => {
    const { first } = await twins();
    await set(first, { active: false });
    expect(await made()).toEqual([expect.stringMatching(/^PATCH .*"role":"RE"/)]);
    expect(await t.status()).toMatchObject({ converged: 2, failing: 0 });
    await set(first, { active: true });
    expect(await made()).toEqual([]);
    expect(await t.status()).toMatchObject({ converged: 1, failing: 1 });
  });

  test("takes over when the first is deleted, and the membership is never removed", async () => {
    const { first } = await twins();
    await t.scim("DELETE", `/Users/${first}`);
    expect(await made()).toEqual([expect.stringMatching(/^PATCH .*"role":"RE"/)]);
    expect(await t.status()).toMatchObject({ converged: 1, failing: 0 });
  });

  test("can leave again without touching the account", async () => {
    const { second } = await twins();
    await set(second, { active: false });
    await t.scim("DELETE", `/Users/${second}`);
    expect(await made()).toEqual([]);
    expect(role(ADA)).toBe("AN");
    expect(await t.status()).toMatchObject({ converged: 1, failing: 0, pending: 0 });
  });

  test("sent in the same moment: one account, one of them failing", async () => {
    await start();
    await Promise.all([add(ADA), add("two@acme.example", ALIAS), add("three@acme.example", ALIAS)]);
    expect(await made()).toHaveLength(1);
    expect(await t.status()).toMatchObject({ converged: 1, failing: 2 });
  });
});

test("a new e-mail at the IdP follows the account, also when a stranger has that address", async () => {
  await start();
  const id = await add(ADA);
  await made();
  await set(id, { emails: [{ value: "mara.novak@acme.example", primary: true }] });
  await join("LS Annotators", id);
  expect(await made()).toEqual([expect.stringMatching(/^PATCH .*"role":"AN"/)]);
  expect([role(ADA), role("mara.novak@acme.example")]).toEqual(["AN", "MA"]);
  expect(await t.status()).toMatchObject({ converged: 1, warnings: 1 });
});
