import { afterEach, describe, expect, test } from "@jest/globals";
import { group, MAPPING, patch, trial, user, writes, type Trial, type TrialOptions } from "../support/bridge.js";
import { timelessTrial } from "../support/timeless.js";

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
const role = (email: string) => t.sandbox.member(email)?.role;
const ADA = "ada@acme.example";

describe("became Owner meanwhile, behind the cache: held, not touched", () => {
  const risen = async (...groups: readonly string[]) => {
    await start();
    const id = await add(ADA);
    for (const name of groups) await join(name, id);
    await made();
    // A process that has not read the Owners within 5 s.
    await t.restart();
    await made();
    t.sandbox.setRole(ADA, "OW");
    return id;
  };
  test("deactivated", async () => {
    await activate(await risen("LS Managers"), false);
    expect([await made(), role(ADA), (await t.status()).held]).toEqual([[], "OW", 1]);
  });
  test("deleted", async () => {
    const id = await risen("LS Managers");
    await t.scim("DELETE", `/Users/${id}`);
    expect([await made(), t.sandbox.member(ADA)?.deleted]).toEqual([[], false]);
  });
  test("demoted", async () => {
    const id = await risen("LS Annotators", "LS Managers");
    const { body } = await t.scim("GET", `/Users/${id}`);
    const managers = (body["groups"] as { value: string; display: string }[]).find(
      (each) => each.display === "LS Managers",
    );
    await t.scim("DELETE", `/Groups/${managers?.value ?? ""}`);
    expect([await made(), role(ADA), (await t.status()).held]).toEqual([[], "OW", 1]);
  });
  test("given what the cache of a minute ago takes for a higher role", async () => {
    const timeless = await timelessTrial();
    t = timeless;
    const id = await add(ADA);
    await made();
    t.sandbox.setRole(ADA, "OW");
    await timeless.clock.advance(61_000);
    await join("LS Annotators", id);
    expect([await made(), role(ADA), (await t.status()).held]).toEqual([[], "OW", 1]);
  });
});

describe("protect.owners: false", () => {
  const OPEN = `${MAPPING}protect: { owners: false }\n`;
  const OWNERS = ["one@acme.example", "two@acme.example"];
  const seed = [...OWNERS.map((email) => ({ email, role: "OW" })), { email: "key@acme.example", role: "AD" }];
  const both = async () => {
    await start({ mapping: OPEN, sandbox: { seed } });
    const ids = [];
    for (const email of OWNERS) ids.push(await add(email));
    await made();
    return ids;
  };
  const left = () => t.sandbox.members().filter((member) => member.role === "OW").length;

  test("an Owner can leave, never the last one", async () => {
    const [first = "", second = ""] = await both();
    await activate(first, false);
    await made();
    expect(role("one@acme.example")).toBe("DI");
    await activate(second, false);
    await made();
    expect([left(), (await t.status()).held]).toEqual([1, 1]);
  });
  test("nor the last one when both are deleted one soon after the other", async () => {
    for (const id of await both()) {
      await t.scim("DELETE", `/Users/${id}`);
      await made();
    }
    expect(left()).toBe(1);
  });
  test.each(["DELETE", "active=false"])("nor when all leave in the same moment (%s)", async (how) => {
    const ids = await both();
    await Promise.all(ids.map((id) => (how === "DELETE" ? t.scim("DELETE", `/Users/${id}`) : activate(id, false))));
    await made();
    expect(left()).toBe(1);
  });
  test("OW can be granted by a rule", async () => {
    const mapping = OPEN.replace("role: AD", "role: OW");
    await start({ mapping, sandbox: { ownerAssignable: true } });
    await join("LS Admins", await add(ADA));
    await made();
    expect(role(ADA)).toBe("OW");
  });
});

test("a deletion that was held because of ownership is carried out once that is over", async () => {
  await start();
  const id = await add("olivia.winter@acme.example");
  await made();
  await t.scim("DELETE", `/Users/${id}`);
  await made();
  expect((await t.status()).held).toBe(1);
  t.sandbox.setRole("olivia.winter@acme.example", "AN");
  await t.restart();
  await made();
  expect(t.sandbox.member("olivia.winter@acme.example")?.deleted).toBe(true);
  expect((await t.status()).held).toBe(0);
});
