import { expect, test } from "@jest/globals";
import { reasonOf, vendorWords } from "../../src/label-studio/refusal.js";

test.each([
  ["an envelope", { id: "1", detail: "Forbidden.", exc_info: null }, "Forbidden."],
  [
    "validation errors",
    { detail: "Validation error", validation_errors: { email: ["taken.", "bad."], role: ["no."] } },
    "Validation error: email: taken.; email: bad.; role: no.",
  ],
  [
    "errors of no field",
    { detail: "Validation error", validation_errors: { non_field_errors: ["Seat limit reached."] } },
    "Validation error: Seat limit reached.",
  ],
  [
    "nested errors",
    { detail: "Validation error", validation_errors: { user: { email: ["bad."] } } },
    "Validation error: user: email: bad.",
  ],
  ["a bare map", { email: ["taken."] }, "email: taken."],
  ["a bare list", ["one.", "two."], "one.; two."],
  ["nothing readable", undefined, ""],
  ["a tower of brackets", JSON.parse("[".repeat(5_000) + "]".repeat(5_000)), ""],
])("the vendor's words from %s", (_name, json: unknown, words) => {
  expect(vendorWords(json)).toBe(words);
});

test("long words are cut", () => {
  expect(vendorWords({ detail: "x".repeat(10_000) })).toHaveLength(500);
  expect(reasonOf("users.create", 400, "x".repeat(10_000)).length).toBeLessThanOrEqual(160);
});

test.each([
  ["user kim.lee@acme.example exists", "user <address> exists"],
  ['Key (email)=("kim@x.example") taken', 'Key (email)=("<address>") taken'],
  ["request 9b0f0c1e-7f1f-4b0c-9a53-0d6d6a3b9d11 failed", "request <id> failed"],
  ["token 0123456789abcdef0123 gone", "token <id> gone"],
  ["12 of 10 seats", "<n> of <n> seats"],
  ["deface   a\nfacade", "deface a facade"],
])("%j without what differs between people", (words, common) => {
  expect(reasonOf("c", 400, words)).toBe(`c:400:${common}`);
});
