import { afterEach, describe, expect, test } from "@jest/globals";
import { group, MAPPING, patch, trial, user, writes, type Trial, type TrialOptions } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const start = async (options?: TrialOptions) => {
  t = await trial(options);
  await t.settled();
  t.sandbox.clearCalls();
};
const add = async (email: string, more: Record<string, unknown> = {}) =>
  (await t.scim("POST", "/Users", user(email, more))).body.id;
const join = async (name: string, ...ids: readonly string[]) =>
  (await t.scim("POST", "/Groups", group(name, ids))).body.id;
const activate = (id: string, active: boolean) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: { active } }));
const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const role = (email: string) => t.sandbox.member(email)?.role;
const MARA = "mara.novak@acme.example";
const ADA = "ada@acme.example";
const KEEP = MAPPING.replace("roles:\n", "roles:\n  default: keep\n");

describe("default", () => {
  test("a created person gets it at once, whatever the organisation's default is", async () => {
    await start({ sandbox: { defaultRole: "AN" } });
    await add(ADA);
    await made();
    expect(role(ADA)).toBe("NO");
  });

  test("a bare NO and DI in YAML are role codes", async () => {
    await start({ mapping: "version: 1\nroles:\n  default: DI\n  rules:\n    - { group: g, role: NO }\n" });
    const id = await add(ADA);
    await made();
    expect(role(ADA)).toBe("DI");
    await join("G", id);
    await made();
    expect(role(ADA)).toBe("NO");
  });

  test("an adopted member awaits the first match, also over restarts; after it, leaving all groups gives the default", async () => {
    await start();
    const id = await add(MARA);
    expect(await made()).toEqual([]);
    await t.restart();
    expect(await made()).toEqual([]);
    expect(await t.status()).toMatchObject({ converged: 1, held: 0, failing: 0, warnings: 0 });
    const annotators = await join("LS Annotators", id);
    await made();
    expect(role(MARA)).toBe("AN");
    await t.scim("DELETE", `/Groups/${annotators}`);
    await made();
    expect(role(MARA)).toBe("NO");
  });

  test("a rule that gives what is observed counts as the first match too", async () => {
    await start();
    const managers = await join("LS Managers", await add(MARA));
    expect(await made()).toEqual([]);
    await t.scim("PUT", `/Groups/${managers}`, group("LS Managers", []));
    await made();
    expect(role(MARA)).toBe("NO");
  });

  test("who awaits the first match comes back from a deactivation with the role held before", async () => {
    await start();
    const id = await add(MARA);
    await made();
    await activate(id, false);
    await made();
    expect(role(MARA)).toBe("DI");
    await activate(id, true);
    await made();
    expect(role(MARA)).toBe("MA");
  });

  test("adopt: strict gives the default to adopted members", async () => {
    await start({ mapping: `${MAPPING}adopt: strict\n` });
    await add(MARA);
    await made();
    expect(role(MARA)).toBe("NO");
  });
});

describe("default: keep", () => {
  test("a new account keeps the organisation's default role", async () => {
    await start({ mapping: KEEP, sandbox: { defaultRole: "AN" } });
    await add(ADA);
    expect(await made()).toHaveLength(1);
    expect(role(ADA)).toBe("AN");
  });

  test("leaving all groups changes nothing", async () => {
    await start({ mapping: KEEP });
    const reviewers = await join("LS Reviewers", await add(MARA));
    await made();
    await t.scim("DELETE", `/Groups/${reviewers}`);
    expect(await made()).toEqual([]);
    expect(role(MARA)).toBe("RE");
  });

  test("reactivation restores the role held before the bridge's DI, also over a restart", async () => {
    await start({ mapping: KEEP });
    const id = await add(MARA);
    await made();
    await activate(id, false);
    await made();
    await t.restart();
    await activate(id, true);
    await made();
    expect(role(MARA)).toBe("MA");
  });

  test("the same although the answer to the DI was lost", async () => {
    await start({ mapping: KEEP });
    const id = await add(MARA);
    await made();
    t.sandbox.inject({ kind: "reset", afterEffect: true }, { method: "PATCH" });
    await activate(id, false);
    await made();
    expect(role(MARA)).toBe("DI");
    await activate(id, true);
    await made();
    expect(role(MARA)).toBe("MA");
  });

  test("reactivation without a known earlier role gives NO", async () => {
    await start({ mapping: KEEP });
    const id = await add("dina.ivanova@acme.example", { active: false });
    await made();
    await activate(id, true);
    await made();
    expect(role("dina.ivanova@acme.example")).toBe("NO");
  });
});

test("renaming a group and moving its name elsewhere moves its people", async () => {
  await start();
  const id = await join("Design", await add(ADA));
  await made();
  expect(role(ADA)).toBe("NO");
  await t.scim("PATCH", `/Groups/${id}`, patch({ op: "replace", value: { displayName: " ls reviewers " } }));
  await made();
  expect(role(ADA)).toBe("RE");
});
