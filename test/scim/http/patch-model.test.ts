// The PATCH model once more, through HTTP and the store: attributes of one person, members of one group as a set.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { apply, attributesOf, Refused, type Person } from "../pure/patch-model.js";
import { CASES, isUnambiguous, operationsOf, steps } from "../pure/patch-steps.js";
import { createGroup, createUser, openBridge, patchOf, type Bridge } from "./bridge.js";

const LONGEST_MS = 90_000;

let bridge: Bridge;
beforeAll(async () => {
  bridge = await openBridge();
});
afterAll(() => bridge.close());

const resource = async (path: string): Promise<Record<string, unknown>> =>
  (await bridge.send("get", path)).body as Record<string, unknown>;
const versionOf = ({ meta }: Record<string, unknown>): number =>
  Number(/\d+/.exec((meta as { version: string }).version)?.[0]);
let created = 0;

test(
  "a person after each PATCH is what the model makes of it, or as before",
  async () => {
    const sequences = fc.array(
      steps.filter((all) => all.every(isUnambiguous)),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(sequences, fc.constantFrom(...CASES), async (requests, cased) => {
        const userName = `person-${created++}`;
        const path = `/Users/${await createUser(bridge, userName)}`;
        let person: Person = {
          simple: new Map<string, string | boolean>([
            ["userName", userName],
            ["active", true],
          ]),
          name: new Map(),
          manager: undefined,
          lists: new Map(),
        };
        for (const all of requests) {
          // userNames are unique: those that the steps make up could be taken.
          const chosen = all.filter((step) => !JSON.stringify(step).includes('"userName"'));
          if (chosen.length === 0) continue;
          const before = await resource(path);
          const next = structuredClone(person);
          const refused = wasRefused(() => chosen.forEach((step) => apply(next, step)));
          const { status } = await bridge.send(
            "patch",
            path,
            patchOf(...chosen.flatMap((step) => operationsOf(step, cased))),
          );
          expect(status).toBe(refused ? 400 : 200);
          if (!refused) person = next;
          const after = await resource(path);
          const shown = new Set(["id", "meta", "groups"]);
          const attributes = Object.entries(after).filter(([name]) => !shown.has(name));
          expect(Object.fromEntries(attributes)).toEqual(attributesOf(person));
          const isChanged = JSON.stringify({ ...after, meta: 0 }) !== JSON.stringify({ ...before, meta: 0 });
          if (isChanged) expect(versionOf(after)).toBe(versionOf(before) + 1);
          else expect(after).toEqual(before);
        }
      }),
      { numRuns: 25 },
    );
  },
  LONGEST_MS,
);

function wasRefused(work: () => void): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (error instanceof Refused) return true;
    throw error;
  }
}

interface MembersStep {
  readonly form:
    | "add"
    | "add one"
    | "remove"
    | "remove by filter"
    | "remove all"
    | "replace"
    | "path-less replace"
    | "path-less add"
    | "replace by null";
  readonly who: readonly number[];
}

const membersSteps = fc.array(
  fc.record<MembersStep>({
    form: fc.constantFrom(
      "add",
      "add one",
      "remove",
      "remove by filter",
      "remove all",
      "replace",
      "path-less replace",
      "path-less add",
      "replace by null",
    ),
    // The last two are nobody's.
    who: fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 6 },
);

function membersModel(
  before: ReadonlySet<string>,
  { form }: MembersStep,
  ids: readonly string[],
  known: ReadonlySet<string>,
): ReadonlySet<string> {
  const given = new Set(ids.filter((id) => known.has(id)));
  switch (form) {
    case "add":
    case "add one":
    case "path-less add":
      return new Set([...before, ...given]);
    case "remove":
    case "remove by filter":
      return new Set([...before].filter((id) => !given.has(id)));
    case "remove all":
    case "replace by null":
      return new Set();
    case "replace":
    case "path-less replace":
      return given;
  }
}

function membersOperations(
  { form }: MembersStep,
  ids: readonly string[],
  cased: (text: string) => string,
): readonly object[] {
  const [add, remove, replace, path] = [cased("add"), cased("remove"), cased("replace"), cased("members")];
  const value = ids.map((id) => ({ [cased("value")]: id, display: "any", $ref: null }));
  switch (form) {
    case "add":
      return [{ op: add, path, value }];
    case "add one":
      return value.map((one) => ({ op: add, path, value: one }));
    case "path-less add":
      return [{ op: add, value: { [path]: value } }];
    case "remove":
      return [{ op: remove, path, value }];
    case "remove by filter":
      return ids.map((id) => ({ op: remove, path: `${path}[${cased("value")} eq "${id}"]` }));
    case "remove all":
      return [{ op: remove, path }];
    case "replace":
      return [{ op: replace, path, value }];
    case "path-less replace":
      return [{ op: replace, value: { [path]: value } }];
    case "replace by null":
      return [{ op: replace, path, value: null }];
  }
}

test(
  "members after each PATCH are the set that the model makes of it",
  async () => {
    const people: string[] = [];
    for (let at = 0; at < 6; at++) people.push(await createUser(bridge, `member-${at}`));
    const all = [...people, "nobody", "no one"];
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(people),
        membersSteps,
        fc.boolean(),
        fc.constantFrom(...CASES),
        async (first, given, isBad, cased) => {
          const path = `/Groups/${await createGroup(bridge, `group-${created++}`, first)}`;
          const before = await resource(path);
          const idsOf = ({ who }: MembersStep) => who.map((at) => all[at] ?? "");
          const operations = given.flatMap((step) => membersOperations(step, idsOf(step), cased));
          const bad = isBad ? [{ op: "add", path: "members", value: [{ value: 7 }] }] : [];
          const { status } = await bridge.send("patch", path, patchOf(...operations, ...bad));
          expect(status).toBe(isBad ? 400 : 204);
          const expected = isBad
            ? new Set(first)
            : given.reduce(
                (set, step) => membersModel(set, step, idsOf(step), new Set(people)),
                new Set(first) as ReadonlySet<string>,
              );
          const after = await resource(path);
          const members = (after["members"] as { value: string }[]).map((member) => member.value);
          expect(members.sort()).toEqual([...expected].sort());
          const isSame = JSON.stringify([...first].sort()) === JSON.stringify(members);
          expect(versionOf(after) - versionOf(before)).toBe(isSame ? 0 : 1);
          await bridge.send("delete", path);
        },
      ),
      { numRuns: 40 },
    );
  },
  LONGEST_MS,
);
