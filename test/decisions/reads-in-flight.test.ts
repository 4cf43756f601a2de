// A complete read takes its time; what the bridge does meanwhile is newer than what its pages show.
import { afterEach, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { group, MAPPING, patch, trial, user, type Trial } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const ADA = "ada@acme.example";
const setActive = (id: string, value: boolean) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value }));
const sent = (method: string) => t.sandbox.calls.some((call) => call.method === method);

/** Ada is annotator, the bridge has been started again, and its first page is on its way, with her as she was. */
const whileRead = async (patchRevives: "no" | "yes") => {
  t = await trial({ mapping: MAPPING.replace("LS Annotators", "LS Annotators*"), sandbox: { patchRevives } });
  await t.settled();
  const { body } = await t.scim("POST", "/Users", user(ADA));
  await t.scim("POST", "/Groups", group("LS Annotators", [body.id]));
  await t.settled();
  const isPage = (path: string) => path.endsWith("/memberships");
  t.sandbox.inject({ kind: "slow", ms: 1_000 }, { method: "GET", path: isPage });
  await t.restart();
  t.sandbox.clearCalls();
  while (!t.sandbox.calls.some(({ path }) => isPage(path))) await delay(5);
  return body.id;
};

test("a deactivation during a complete read is not forgotten by it", async () => {
  const id = await whileRead("no");
  await setActive(id, false);
  while (!sent("PATCH")) await delay(5);
  await delay(1_200);
  await setActive(id, true);
  await t.settled();
  expect(t.sandbox.member(ADA)?.role).toBe("AN");
});

test("a soft delete during a complete read is not forgotten by it", async () => {
  const id = await whileRead("yes");
  await t.scim("DELETE", `/Users/${id}`);
  while (!sent("DELETE")) await delay(5);
  await delay(1_200);
  const again = await t.scim("POST", "/Users", user(ADA));
  // The role that the page showed: no look at it would send anything.
  await t.scim("POST", "/Groups", group("ls annotators too", [again.body.id]));
  await t.settled();
  expect(t.sandbox.member(ADA)).toMatchObject({ role: "AN", deleted: false });
});
