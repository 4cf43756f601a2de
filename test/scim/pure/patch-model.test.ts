import { expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Attributes } from "../../../src/directory/index.js";
import { applyPatch, readPatch } from "../../../src/scim/pure.js";
import { scimTypeOf } from "./membership.js";
import { apply, attributesOf, Refused, type Person, type Step } from "./patch-model.js";
import { CASES, isUnambiguous, operationsOf, steps } from "./patch-steps.js";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const RUNS = 2_000;
// Whole: fast-check counts down to -1, and never arrives there from a fraction.
const FEWER_RUNS = 700;
const LONGEST_MS = 90_000;

const newPerson = (): Person => ({
  simple: new Map<string, string | boolean>([
    ["userName", "ada"],
    ["active", true],
  ]),
  name: new Map(),
  manager: undefined,
  lists: new Map(),
});

/** What the model makes of the steps; undefined when it refuses them. */
function modelled(all: readonly Step[]): Attributes | undefined {
  const person = newPerson();
  try {
    for (const step of all) apply(person, step);
    return attributesOf(person);
  } catch (error) {
    if (error instanceof Refused) return undefined;
    throw error;
  }
}

const clear = steps.filter((all) => all.every(isUnambiguous));

test(
  "the engine and the model of RFC 7644 §3.5.2 agree on every sequence of operations",
  () => {
    fc.assert(
      fc.property(clear, fc.constantFrom(...CASES), (all, cased) => {
        const before = attributesOf(newPerson());
        const Operations = all.flatMap((step) => operationsOf(step, cased));
        let after: Attributes | undefined;
        const refused = scimTypeOf(
          () => (after = applyPatch("User", before, readPatch("User", { schemas: [PATCH_OP], Operations }))),
        );
        expect(after).toEqual(modelled(all));
        expect(refused === undefined).toBe(after !== undefined);
      }),
      { numRuns: RUNS },
    );
  },
  LONGEST_MS,
);

test(
  "one request with all operations is the same as one request for each",
  () => {
    fc.assert(
      fc.property(clear, (all) => {
        fc.pre(modelled(all) !== undefined);
        const one = (before: Attributes, step: Step): Attributes =>
          applyPatch(
            "User",
            before,
            readPatch("User", { schemas: [PATCH_OP], Operations: operationsOf(step, (text) => text) }),
          );
        expect(all.reduce(one, attributesOf(newPerson()))).toEqual(modelled(all));
      }),
      { numRuns: FEWER_RUNS },
    );
  },
  LONGEST_MS,
);

const BAD: readonly object[] = [
  { op: "move", path: "title" },
  { op: "remove" },
  { op: "replace", path: "id", value: "x" },
  { op: "add", path: "a b", value: "x" },
  { op: "replace", path: "active", value: "maybe" },
  { op: "remove", path: "userName" },
  { op: "replace", path: 'emails[type eq "nobody has it"]', value: { value: "x@x" } },
];

test(
  "a bad operation among them: nothing of them is applied",
  () => {
    fc.assert(
      fc.property(clear, fc.constantFrom(...BAD), fc.nat(), (all, bad, place) => {
        const before = attributesOf(newPerson());
        const untouched = structuredClone(before);
        const Operations: object[] = all.flatMap((step) => operationsOf(step, (text) => text));
        Operations.splice(place % (Operations.length + 1), 0, bad);
        const refused = scimTypeOf(() =>
          applyPatch("User", before, readPatch("User", { schemas: [PATCH_OP], Operations })),
        );
        expect(refused).toBeDefined();
        expect(before).toEqual(untouched);
      }),
      { numRuns: FEWER_RUNS },
    );
  },
  LONGEST_MS,
);
