import { afterEach, describe, expect, test } from "@jest/globals";
import { group, MAPPING, patch, trial, user, writes, type Trial, type TrialOptions } from "../support/bridge.js";
import { viewOf } from "../support/store-view.js";
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
const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const role = (email: string) => t.sandbox.member(email)?.role;
const ADA = "ada@acme.example";
const INVITE = `${MAPPING}create: invite\n`;

test("the account first, then the role", async () => {
  await start();
  await join("LS Annotators", await add(ADA, { name: { givenName: "Ada", familyName: "L" } }));
  expect(await made()).toEqual([
    `POST /api/users/ {"username":"${ADA}","email":"${ADA}","first_name":"Ada","last_name":"L","active_organization":1}`,
    expect.stringMatching(/^PATCH \/api\/organizations\/1\/memberships .*"role":"AN"/),
  ]);
  expect(role(ADA)).toBe("AN");
});

test("inactive and unknown at Label Studio: not created, until active", async () => {
  await start();
  const id = await add(ADA, { active: false });
  await join("LS Annotators", id);
  expect(await made()).toEqual([]);
  expect(await t.status()).toMatchObject({ converged: 1 });
  await t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: true }));
  await made();
  expect(role(ADA)).toBe("AN");
});

describe("a crowd", () => {
  const searches = () => t.sandbox.calls.filter(({ query }) => query["search"] !== undefined).length;
  const crowd = Array.from({ length: 40 }, (_, at) => `p${at}@acme.example`);

  test("costs a complete read rather than a search for each", async () => {
    await start();
    await Promise.all(crowd.map((email) => add(email)));
    expect(await made()).toHaveLength(crowd.length);
    expect([searches(), role("p39@acme.example")]).toEqual([0, "NO"]);
  });

  test("of which some have become members since everybody was read makes nobody anew", async () => {
    const timeless = await timelessTrial();
    t = timeless;
    await t.settled();
    t.sandbox.addMember({ email: "P38@Acme.example", role: "AN" });
    await timeless.clock.advance(61_000);
    await Promise.all(crowd.slice(0, 20).map((email) => add(email)));
    await t.settled();
    t.sandbox.addMember({ email: "p39@acme.example", role: "AN" });
    await Promise.all(crowd.slice(20).map((email) => add(email)));
    expect((await t.settled()).converged).toBe(crowd.length);
    expect(t.sandbox.members().filter(({ email }) => /^p3[89]@/i.test(email))).toHaveLength(2);
  });

  test("whose creations were answered badly is searched for: nobody twice", async () => {
    await start();
    t.sandbox.inject({ kind: "reset", afterEffect: true }, { method: "POST", times: 20 });
    await Promise.all(crowd.map((email) => add(email)));
    expect(await made()).toHaveLength(crowd.length);
    expect((await t.status()).converged).toBe(crowd.length);
  });
});

describe("the answer to POST /api/users/ is lost", () => {
  const created = { method: "POST", path: /^\/api\/users\/$/ };
  test.each(["reset", "truncated"] as const)("%s: no second account, and the default role at once", async (kind) => {
    await start({ sandbox: { defaultRole: "AN" } });
    const fault = kind === "reset" ? { kind, afterEffect: true } : { kind };
    t.sandbox.inject(fault, created);
    await add(ADA);
    const calls = await made();
    expect(calls.filter((call) => call.startsWith("POST"))).toHaveLength(1);
    expect(role(ADA)).toBe("NO");
  });

  test("and the bridge restarted before it looked again: the same", async () => {
    await start({ sandbox: { defaultRole: "AN" } });
    t.sandbox.inject({ kind: "reset", afterEffect: true }, created);
    await add(ADA);
    while (t.sandbox.member(ADA) === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
    await t.restart();
    const calls = await made();
    expect(calls.filter((call) => call.startsWith("POST"))).toHaveLength(1);
    expect(role(ADA)).toBe("NO");
  });

  test("before any effect: created after all", async () => {
    await start();
    t.sandbox.inject({ kind: "reset" }, created);
    await join("LS Annotators", await add(ADA));
    await made();
    expect(role(ADA)).toBe("AN");
  });
});

test("an account of another organisation is not taken: failing, nothing else touched, others go on", async () => {
  await start();
  t.sandbox.addElsewhere(ADA);
  await join("LS Annotators", await add(ADA), await add("bob@acme.example"));
  await made();
  expect(await t.status()).toMatchObject({ failing: 1, converged: 1 });
  expect([t.sandbox.member(ADA), role("bob@acme.example")]).toEqual([undefined, "AN"]);
});

test("create: never: failing, nothing sent; adopted when somebody adds the member by hand", async () => {
  await start({ mapping: `${MAPPING}create: never\n` });
  await join("LS Annotators", await add(ADA));
  expect(await made()).toEqual([]);
  expect(await t.status()).toMatchObject({ failing: 1 });
  t.sandbox.addMember({ email: ADA, role: "NO" });
  await t.restart();
  await made();
  expect(role(ADA)).toBe("AN");
});

describe("create: invite", () => {
  test("one invitation with the mapped role, a warning while it waits, then adopted", async () => {
    await start({ mapping: INVITE });
    const id = await add(ADA);
    await join("LS Annotators", id);
    expect(await made()).toEqual([`POST /api/invite/send-email {"emails":["${ADA}"],"role":"AN"}`]);
    expect(await t.status()).toMatchObject({ converged: 1, warnings: 1 });
    await t.restart();
    expect(await made()).toEqual([]);
    t.sandbox.addMember({ email: ADA, role: "NO" });
    await t.restart();
    await made();
    expect(role(ADA)).toBe("AN");
    expect(await t.status()).toMatchObject({ converged: 1, warnings: 0 });
  });

  test("a member removed by hand twice is invited twice where drift is put back", async () => {
    await start({ mapping: `${INVITE}drift: enforce\n` });
    t.sandbox.addMember({ email: ADA, role: "AN" });
    await join("LS Annotators", await add(ADA));
    await made();
    for (const time of ["first", "second"]) {
      t.sandbox.removeMember(ADA);
      await t.restart();
      await t.settled();
      const invitations = (await made()).filter((call) => call.includes("send-email"));
      expect([time, invitations.length]).toEqual([time, 1]);
      expect(t.sandbox.member(ADA)).toMatchObject({ deleted: false, role: "AN" });
    }
  });

  test("a member removed by hand behind the cache is invited at the next change of role", async () => {
    await start({ mapping: INVITE });
    t.sandbox.addMember({ email: ADA, role: "NO" });
    const id = await add(ADA);
    await made();
    t.sandbox.removeMember(ADA);
    await join("LS Annotators", id);
    const invitations = (await made()).filter((call) => call.includes("send-email"));
    expect([invitations.length, role(ADA)]).toEqual([1, "AN"]);
    const store = viewOf(t.databaseUrl);
    const sent = store.sent().map(({ action, detail }) => [action, detail["to"]]);
    store.close();
    expect(sent.at(-1)).toEqual(["member.invite", "AN"]);
  });

  describe("somebody who leaves before accepting", () => {
    const REVOKED = `POST /api/invite/revoke {"email":"${ADA}"}`;
    const invited = async (mapping = INVITE) => {
      await start({ mapping });
      const id = await add(ADA);
      await join("LS Annotators", id);
      await made();
      expect(t.sandbox.invitations).toHaveLength(1);
      return id;
    };
    const active = (id: string, value: boolean) =>
      t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value }));

    test("deactivated: the invitation is revoked at once, and sent anew when they are back", async () => {
      const id = await invited();
      await active(id, false);
      expect(await made()).toEqual([REVOKED]);
      expect([t.sandbox.invitations, await t.status()]).toMatchObject([[], { converged: 1, warnings: 0 }]);
      await t.restart();
      expect(await made()).toEqual([]);
      await active(id, true);
      expect(await made()).toEqual([expect.stringContaining("/api/invite/send-email")]);
    });

    test("deleted, under whatever address by then: revoked for the one that was invited, also while paused", async () => {
      const id = await invited();
      await t.scim(
        "PATCH",
        `/Users/${id}`,
        patch({ op: "replace", path: "emails", value: [{ value: "b@x.example" }] }),
      );
      await made();
      await t.admin("POST", "/pause", {});
      await t.scim("DELETE", `/Users/${id}`);
      expect(await made()).toEqual([REVOKED]);
      expect(await t.status()).toMatchObject({ converged: 0, held: 0, failing: 0 });
    });

    test("refused: failing with Label Studio's words, and tried again", async () => {
      const id = await invited();
      t.sandbox.inject({ kind: "forbidden", detail: "Not yours to revoke" }, { path: /revoke/ });
      await active(id, false);
      await t.until(async () => (await t.status()).failing === 1);
      expect(t.sandbox.invitations).toHaveLength(1);
      t.sandbox.clearFaults();
      const { people } = await t.admin("GET", "/people?state=failing");
      expect(people).toMatchObject([{ lastError: expect.stringContaining("Not yours to revoke") }]);
      await t.admin("POST", "/retry", {});
      await t.until(async () => (await t.status()).converged === 1);
      expect(t.sandbox.invitations).toEqual([]);
    });

    test("accepted a moment before: deactivated", async () => {
      const id = await invited();
      t.sandbox.addMember({ email: ADA, role: "AN" });
      await active(id, false);
      await t.until(() => role(ADA) === "DI");
    });

    test("observed only: nothing is revoked, and it is said", async () => {
      const id = await invited();
      await t.restart({ environment: { BRIDGE_MODE: "observe" } });
      await active(id, false);
      expect(await made()).toEqual([]);
      const { people } = await t.admin("GET", "/people?state=held");
      expect(people).toMatchObject([{ reason: "BRIDGE_MODE=observe: would revoke the invitation" }]);
    });
  });
});
