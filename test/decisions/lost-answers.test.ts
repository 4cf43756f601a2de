// A call whose answer is lost may have been carried out: nobody is taken to be as they were before it.
import { afterEach, expect, test } from "@jest/globals";
import { group, patch, trial, user, type Trial } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const ADA = "ada@acme.example";
const role = () => t.sandbox.member(ADA)?.role;
const loseOneAnswer = () => t.sandbox.inject({ kind: "reset", afterEffect: true }, { method: "PATCH", times: 1 });

test("a grant whose answer is lost, and which is taken back before the next try", async () => {
  t = await trial();
  const id = (await t.scim("POST", "/Users", user(ADA))).body.id;
  await t.settled();
  loseOneAnswer();
  const groupId = (await t.scim("POST", "/Groups", group("LS Admins", [id]))).body.id;
  await t.until(() => role() === "AD");
  await t.scim("DELETE", `/Groups/${groupId}`);
  await t.settled();
  expect(role()).toBe("NO");
});

test("a deactivation whose answer is lost, and which is taken back before the next try", async () => {
  t = await trial();
  const id = (await t.scim("POST", "/Users", user(ADA))).body.id;
  await t.scim("POST", "/Groups", group("LS Annotators", [id]));
  await t.settled();
  loseOneAnswer();
  await t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
  await t.until(() => role() === "DI");
  await t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: true }));
  await t.settled();
  expect(role()).toBe("AN");
});
