import { afterEach, expect, test } from "@jest/globals";
import { group, trial, UNLIMITED, user, type Trial } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

/** More than are taken in hand at once under the pace, and first in the outbox. */
const STUCK = 12;
const AT_REST = 20;

const people = async (prefix: string, count: number) => {
  const ids: string[] = [];
  for (let at = 0; at < count; at++)
    ids.push((await t.scim("POST", "/Users", user(`${prefix}${at}@acme.example`))).body.id);
  return ids;
};

test("whoever is as they should be waits for nobody who has to wait for Label Studio", async () => {
  t = await trial({ mapping: UNLIMITED });
  await t.scim("POST", "/Groups", group("LS Reviewers", await people("stuck", STUCK)));
  await t.scim("POST", "/Groups", group("LS Annotators", await people("rest", AT_REST)));
  await t.settled();
  t.sandbox.clearCalls();
  t.sandbox.inject({ kind: "slow", ms: 4_000 }, { method: "PATCH" });
  const mapping = UNLIMITED.replace('"LS Reviewers", role: RE', '"LS Reviewers", role: MA');
  await t.restart({ mapping, environment: { LABEL_STUDIO_MAX_RPS: "12" } });
  await t.until(async () => (await t.status()).converged >= AT_REST);
  expect(await t.status()).toMatchObject({ converged: AT_REST, pending: STUCK });
});

test("what is new of them is not taken for settled", async () => {
  t = await trial({ mapping: UNLIMITED });
  const ids = await people("a", 3);
  await t.scim("POST", "/Groups", group("LS Annotators", ids));
  await t.settled();
  await t.restart();
  await t.scim("PUT", `/Users/${ids[0]}`, { ...user("a0@acme.example"), active: false });
  await t.scim("POST", "/Groups", group("LS Reviewers", ids.slice(1)));
  await t.settled();
  expect(["a0", "a1", "a2"].map((name) => t.sandbox.member(`${name}@acme.example`)?.role)).toEqual(["DI", "RE", "RE"]);
});
