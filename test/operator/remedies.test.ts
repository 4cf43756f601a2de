import { expect, test } from "@jest/globals";
import { remedyFor } from "../../src/operator/index.js";

test.each([
  ["safety.massChange (demotions): 50 of 50 is 100 %, limit 20 % within 1 h; approve or reject it", "Undo it there"],
  ["protected: an Owner is never changed unless protect.owners is false", "The mapping protects them"],
  ["no e-mail: Label Studio identifies people by it", "send an e-mail address"],
  ["no account in this organisation, and the mapping says create: never", "create: invite"],
  ["memberships.patch:403: You do not have permission", "Administrator"],
  ["Label Studio did not answer within 10 s", "tried again by itself"],
])("%s", (words, remedy) => {
  expect(remedyFor(words)).toContain(remedy);
});

test("of what nobody knows nothing is said", () => {
  expect(remedyFor("gremlins")).toBeUndefined();
  expect(remedyFor(undefined)).toBeUndefined();
});
