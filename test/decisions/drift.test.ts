// What is changed by hand at Label Studio is found by a complete read on schedule; most of it is told, not put right.
import { afterEach, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { request } from "undici";
import { group, MAPPING, patch, trial, user, writes, type Trial, type TrialOptions } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const EVERY_SECOND = { RECONCILE_INTERVAL: "1s" };
const ADA = "ada@acme.example";
const BOB = "bob@acme.example";
const setActive = (id: string, value: boolean) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value }));
const role = (email: string) => t.sandbox.member(email)?.role;
const isFullRead = ({ path, query }: Trial["sandbox"]["calls"][number]) =>
  path.endsWith("/memberships") && query["page"] !== undefined && !query["search"] && !query["role"];
const fullReads = () => t.sandbox.calls.filter((call) => call.method === "GET" && isFullRead(call)).length;

/** Until one complete read that began after this call is in, and whoever it showed is settled. */
const swept = async () => {
  const before = fullReads();
  while (fullReads() < before + 2) await delay(20);
  await t.settled();
};
const until = async (fulfilled: () => boolean) => {
  for (let tries = 0; !fulfilled(); tries++) {
    expect(tries).toBeLessThan(1_000);
    await delay(20);
  }
};

/** Ada is annotator, Bob inactive; both by the mapping. */
const two = async (options: TrialOptions = {}) => {
  t = await trial({ environment: EVERY_SECOND, ...options });
  await t.settled();
  const ada = (await t.scim("POST", "/Users", user(ADA))).body.id;
  const bob = (await t.scim("POST", "/Users", user(BOB))).body.id;
  const annotators = (await t.scim("POST", "/Groups", group("LS Annotators", [ada, bob]))).body.id;
  await t.settled();
  await setActive(bob, false);
  await t.settled();
  expect([role(ADA), role(BOB)]).toEqual(["AN", "DI"]);
  t.sandbox.clearCalls();
  return { ada, bob, annotators };
};

const people = async (state: string) => {
  const { body } = await request(`${t.url}/admin/api/people?state=${state}`, {
    headers: { authorization: "Bearer admin-token-for-tests-only" },
  });
  return ((await body.json()) as { people: readonly { warning?: string; role?: string; desiredRole?: string }[] })
    .people;
};

describe("on schedule", () => {
  test("nothing changed: the pages of the list, and not one call more", async () => {
    await two();
    await t.scim("POST", "/Users", user("never.there@acme.example", { active: false }));
    await t.settled();
    await swept();
    t.sandbox.clearCalls();
    await swept();
    expect(t.sandbox.calls.filter((call) => !isFullRead(call))).toEqual([]);
  });

  test("an active person's role changed by hand is told and left so, until the IdP says something about them", async () => {
    const { ada } = await two();
    t.sandbox.setRole(ADA, "MA");
    await swept();
    expect(await t.status()).toMatchObject({ converged: 2, warnings: 1, held: 0, failing: 0 });
    expect((await people("converged")).find(({ warning }) => warning)).toMatchObject({
      role: "MA",
      desiredRole: "AN",
      warning: "role changed to MA (manual) at Label Studio; the mapping says AN; drift: report leaves it so",
    });
    await t.scim("PATCH", `/Users/${ada}`, patch({ op: "replace", path: "title", value: "Lead" }));
    await t.settled();
    expect([role(ADA), (await t.status()).warnings]).toEqual(["AN", 0]);
  });

  test("put right by hand, the warning goes", async () => {
    await two();
    t.sandbox.setRole(ADA, "MA");
    await swept();
    t.sandbox.setRole(ADA, "AN");
    await swept();
    expect([(await t.status()).warnings, writes(t.sandbox.calls)]).toEqual([0, []]);
  });

  test("an inactive person at work again is deactivated again", async () => {
    await two();
    t.sandbox.setRole(BOB, "AN");
    await until(() => role(BOB) === "DI");
    expect((await t.settled()).warnings).toBe(0);
  });

  test("a person deleted with DI who is at work again is deactivated again", async () => {
    const { bob } = await two({ mapping: `${MAPPING}deprovision: { delete: DI }\n` });
    await t.scim("DELETE", `/Users/${bob}`);
    await t.settled();
    t.sandbox.setRole(BOB, "RE");
    await until(() => role(BOB) === "DI");
  });

  test("a person deleted for good and invited again by hand is a stranger", async () => {
    const { bob } = await two();
    await t.scim("DELETE", `/Users/${bob}`);
    await t.settled();
    t.sandbox.addMember({ email: BOB, role: "AN" });
    await swept();
    expect(t.sandbox.member(BOB)).toMatchObject({ role: "AN", deleted: false });
  });

  test("inactive, unknown to Label Studio, invited by hand: deactivated", async () => {
    await two();
    await t.scim("POST", "/Users", user("cleo@acme.example", { active: false }));
    await t.settled();
    t.sandbox.addMember({ email: "cleo@acme.example", role: "AN" });
    await until(() => role("cleo@acme.example") === "DI");
  });

  test("a held leaver is looked at again: no Owner any more, deactivated", async () => {
    t = await trial({ environment: EVERY_SECOND });
    await t.settled();
    const OLIVIA = "olivia.winter@acme.example";
    const { body } = await t.scim("POST", "/Users", user(OLIVIA));
    await t.settled();
    await setActive(body.id, false);
    expect((await t.settled()).held).toBe(1);
    t.sandbox.setRole(OLIVIA, "AD");
    await until(() => role(OLIVIA) === "DI");
    expect((await t.settled()).held).toBe(0);
  });

  test("who was removed by hand is told and left so", async () => {
    await two();
    t.sandbox.removeMember(ADA);
    await swept();
    expect(await t.status()).toMatchObject({ converged: 2, warnings: 1, failing: 0 });
    expect(writes(t.sandbox.calls)).toEqual([]);
  });

  test("a read that fails is no reason to take anybody for gone, and is tried again", async () => {
    await two();
    t.sandbox.setRole(BOB, "AN");
    let pages = 0;
    t.sandbox.set({ largestPage: 5 });
    t.sandbox.inject({ kind: "reset" }, { path: (path) => path.endsWith("/memberships") && ++pages > 1, times: 5 });
    await until(() => role(BOB) === "DI");
    expect(await t.settled()).toMatchObject({ converged: 2, warnings: 0, failing: 0 });
  });
});

describe("drift: enforce", () => {
  test("is put back", async () => {
    await two({ mapping: `${MAPPING}drift: enforce\n` });
    t.sandbox.setRole(ADA, "MA");
    await until(() => role(ADA) === "AN");
  });

  test("by who changed it", async () => {
    await two({ mapping: `${MAPPING}drift: { manual: enforce, saml: report }\n` });
    t.sandbox.setRole(ADA, "MA", "saml");
    await swept();
    expect([role(ADA), (await t.status()).warnings]).toEqual(["MA", 1]);
    t.sandbox.setRole(ADA, "RE", "manual");
    await until(() => role(ADA) === "AN");
    expect((await t.settled()).warnings).toBe(0);
  });
});

describe("an account made anew under another user id", () => {
  const anew = () => {
    const id = t.sandbox.member(ADA)?.userId;
    t.sandbox.removeMember(ADA);
    t.sandbox.changeEmail(ADA, "old.ada@acme.example");
    t.sandbox.addMember({ email: ADA, role: "NO" });
    expect(t.sandbox.member(ADA)?.userId).not.toBe(id);
  };

  test("is found again, and gets what the IdP says next", async () => {
    const { ada, annotators } = await two();
    anew();
    await swept();
    await t.scim("PATCH", `/Groups/${annotators}`, patch({ op: "remove", path: `members[value eq "${ada}"]` }));
    await t.scim("POST", "/Groups", group("LS Managers", [ada]));
    await t.settled();
    expect(role(ADA)).toBe("MA");
    await setActive(ada, false);
    await t.settled();
    expect(role(ADA)).toBe("DI");
  });

  test("by a leaver too, whom no read on schedule has told", async () => {
    const { ada } = await two({ environment: { RECONCILE_INTERVAL: "off" } });
    anew();
    await t.restart();
    await t.settled();
    await setActive(ada, false);
    await t.settled();
    expect(role(ADA)).toBe("DI");
  });
});

describe("starts", () => {
  test("the same mapping: what changed meanwhile is drift", async () => {
    await two();
    t.sandbox.setRole(ADA, "MA");
    t.sandbox.setRole(BOB, "AN");
    await t.restart();
    await t.settled();
    expect([role(ADA), role(BOB), (await t.status()).warnings]).toEqual(["MA", "DI", 1]);
  });

  test("another mapping: everybody gets what it says", async () => {
    await two();
    t.sandbox.setRole(ADA, "MA");
    await t.restart({ mapping: `${MAPPING}create: never\n` });
    await t.settled();
    expect([role(ADA), (await t.status()).warnings]).toEqual(["AN", 0]);
  });

  test("after observe mode whoever was held gets what the mapping says", async () => {
    t = await trial({ environment: { BRIDGE_MODE: "observe" } });
    await t.settled();
    const { body } = await t.scim("POST", "/Users", user("kim.lee@acme.example"));
    await t.scim("POST", "/Groups", group("LS Managers", [body.id]));
    expect((await t.settled()).held).toBe(1);
    await t.restart({ environment: {} });
    await t.settled();
    expect(role("kim.lee@acme.example")).toBe("MA");
  });
});

test("off: nobody is read again", async () => {
  await two({ environment: { RECONCILE_INTERVAL: "off" } });
  t.sandbox.setRole(BOB, "AN");
  await delay(1_500);
  expect([fullReads(), role(BOB)]).toEqual([0, "AN"]);
});

test("a tug-of-war is given up after three rounds, and says who pulls", async () => {
  await two({ mapping: `${MAPPING}drift: { saml: enforce }\n` });
  for (let round = 0; round < 3; round++) {
    t.sandbox.setRole(ADA, "RE", "saml");
    await t.until(() => role(ADA) === "AN");
    await t.settled();
  }
  t.sandbox.setRole(ADA, "RE", "saml");
  await swept();
  expect(role(ADA)).toBe("RE");
  expect(await people("converged")).toContainEqual(
    expect.objectContaining({ warning: expect.stringContaining("tug-of-war: put back to AN 3 times") }),
  );
  // Whoever the identity provider deactivates is never left at work, however often somebody pulls.
  for (let round = 0; round < 4; round++) {
    t.sandbox.setRole(BOB, "AN", "saml");
    await t.until(() => role(BOB) === "DI");
    await t.settled();
  }
});
