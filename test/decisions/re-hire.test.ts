import { afterEach, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { group, MAPPING, trial, user, writes, type Trial, type TrialOptions } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const add = async (email: string) => (await t.scim("POST", "/Users", user(email))).body.id;
const join = async (name: string, id: string) =>
  t.scim("PATCH", `/Groups/${await groupId(name)}`, {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op: "add", path: "members", value: [{ value: id }] }],
  });
const groupId = async (name: string): Promise<string> => {
  const { body } = await t.scim("GET", `/Groups?filter=${encodeURIComponent(`displayName eq "${name}"`)}`);
  const [found] = (body["Resources"] ?? []) as readonly { id: string }[];
  return found?.id ?? (await t.scim("POST", "/Groups", group(name))).body.id;
};
const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const member = (email: string) => t.sandbox.member(email);
const ADA = "ada@acme.example";

const annotator = async (options?: TrialOptions) => {
  t = await trial(options);
  await t.settled();
  const id = await add(ADA);
  await join("LS Annotators", id);
  await made();
  expect(member(ADA)?.role).toBe("AN");
  return id;
};

test("DELETE and POST at once: the same account with the new role, under a new SCIM id", async () => {
  const id = await annotator({ sandbox: { patchRevives: "yes" } });
  await t.scim("DELETE", `/Users/${id}`);
  const again = await add(ADA);
  expect(again).not.toBe(id);
  await join("LS Reviewers", again);
  await made();
  expect(member(ADA)).toMatchObject({ role: "RE", deleted: false });
  expect(await t.status()).toMatchObject({ converged: 1, failing: 0 });
});

const refusedOnce = async (method: string) => {
  while (!t.sandbox.calls.some((call) => call.method === method && call.status === 503)) await delay(5);
};

test("a delete that had to be retried never hits the re-hire", async () => {
  const id = await annotator();
  t.sandbox.inject({ kind: "status", status: 503 }, { method: "DELETE", probability: 1 });
  await t.scim("DELETE", `/Users/${id}`);
  await refusedOnce("DELETE");
  await join("LS Reviewers", await add(ADA));
  t.sandbox.clearFaults();
  await made();
  expect(member(ADA)).toMatchObject({ role: "RE", deleted: false });
  expect(await t.status()).toMatchObject({ converged: 1, pending: 0 });
});

test("nor does one that is under way and waits for its read of the Owners", async () => {
  const id = await annotator();
  // A process that has not read the Owners within 5 s.
  await t.restart();
  await made();
  t.sandbox.inject({ kind: "status", status: 503 }, { method: "GET", probability: 1 });
  await t.scim("DELETE", `/Users/${id}`);
  await refusedOnce("GET");
  await join("LS Reviewers", await add(ADA));
  t.sandbox.clearFaults();
  expect((await made()).filter((call) => call.startsWith("DELETE"))).toEqual([]);
  expect(member(ADA)).toMatchObject({ role: "RE", deleted: false });
});

test("a re-hire gets the default, never quietly the role of the time before", async () => {
  const id = await annotator();
  // The delete waits longer than the re-hire: its own retries are refused while everything else goes through.
  t.sandbox.inject({ kind: "status", status: 503 }, { method: "DELETE", probability: 1 });
  await t.scim("DELETE", `/Users/${id}`);
  await refusedOnce("DELETE");
  await add(ADA);
  await made();
  t.sandbox.clearFaults();
  await made();
  expect(member(ADA)).toMatchObject({ role: "NO", deleted: false });
});

describe("re-created after the membership was removed", () => {
  const INVITE = `${MAPPING}create: invite\n`;
  const reHired = async (options: TrialOptions) => {
    const id = await annotator(options);
    await t.scim("DELETE", `/Users/${id}`);
    await made();
    expect(member(ADA)?.deleted).toBe(true);
    await join("LS Reviewers", await add(ADA));
    return made();
  };

  test("a role update of the stored user id brings it back", async () => {
    const calls = await reHired({ sandbox: { patchRevives: "yes" } });
    expect(calls).toEqual([expect.stringMatching(/^PATCH .*"role":"RE"/)]);
    expect(member(ADA)).toMatchObject({ role: "RE", deleted: false });
  });

  test.each(["no", "silent"] as const)("%s: failing, never created anew, never taken for success", async (revives) => {
    const calls = await reHired({ sandbox: { patchRevives: revives } });
    expect(calls.filter((call) => !call.startsWith("PATCH"))).toEqual([]);
    expect(member(ADA)?.deleted).toBe(true);
    expect(await t.status()).toMatchObject({ failing: 1, converged: 0 });
    t.sandbox.addMember({ email: ADA, role: "NO" });
    await t.restart();
    while ((await t.status()).failing > 0) await delay(20);
    expect(member(ADA)).toMatchObject({ role: "RE", deleted: false });
  });

  test.each(["no", "silent"] as const)("%s with create: invite: one invitation", async (revives) => {
    const calls = await reHired({
      mapping: INVITE,
      sandbox: { patchRevives: revives, seed: [{ email: ADA, role: "NO" }] },
    });
    expect(calls.filter((call) => call.includes("send-email"))).toHaveLength(1);
    expect(member(ADA)).toMatchObject({ role: "RE", deleted: false });
    expect(await t.status()).toMatchObject({ failing: 0, converged: 1 });
  });

  test("masked rows in the list are nobody", async () => {
    await reHired({ sandbox: { patchRevives: "yes", maskDeleted: true } });
    expect(member(ADA)).toMatchObject({ role: "RE", deleted: false });
  });
});
