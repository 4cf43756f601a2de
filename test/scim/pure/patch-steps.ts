// Random steps of the PATCH model, and each of them as the operations that an IdP would send for it.
import fc from "fast-check";
import { ENTERPRISE, type Change, type Element, type ListName, type SimpleName, type Step } from "./patch-model.js";

const op = fc.constantFrom<Change>("add", "replace");
const word = fc.constantFrom("a", "b", "A", "x y", "é", "7");
const address = fc.constantFrom("a@x", "A@x", "b@x", "c@x");
const type = fc.constantFrom("work", "home", "Work");
const list = fc.constantFrom<ListName>("emails", "roles", "addresses");

const valued = fc.record<Element>(
  { value: address, type, primary: fc.boolean(), display: word },
  { requiredKeys: ["value"] },
);
const place = fc.record<Element>(
  { locality: word, region: word, type, primary: fc.boolean() },
  { requiredKeys: ["locality"] },
);
const elementOf = (name: ListName) => (name === "addresses" ? place : valued);

const set = fc
  .constantFrom<SimpleName>(
    "userName",
    "externalId",
    "active",
    "title",
    "nickName",
    "displayName",
    "e:department",
    "e:costCenter",
  )
  .chain((name) => {
    const text = fc.oneof(word, fc.constantFrom("", null));
    const value =
      name === "active" ? fc.constantFrom<string | boolean | null>(true, false, "True", "FALSE", null) : text;
    return fc.record({ kind: fc.constant("set" as const), op, name: fc.constant(name), value });
  });
const name = fc.record({
  kind: fc.constant("name" as const),
  op,
  parts: fc.dictionary(
    fc.constantFrom("givenName", "familyName", "formatted"),
    fc.oneof(word, fc.constantFrom("", null)),
    { minKeys: 1 },
  ),
});
const manager = fc.record({
  kind: fc.constant("manager" as const),
  op,
  id: fc.constantFrom("m1", "m2", ""),
  form: fc.constantFrom("text" as const, "object" as const, "list" as const, "sub" as const),
});
const elements = list.chain((each) =>
  fc.record({
    kind: fc.constant("list" as const),
    op,
    list: fc.constant(each),
    elements: fc.array(elementOf(each), { maxLength: 4 }),
  }),
);

const part = list.chain((each) => {
  const [name, value]: [fc.Arbitrary<keyof Element>, fc.Arbitrary<string>] =
    each === "addresses"
      ? [fc.constantFrom("locality", "region"), word]
      : [fc.constantFrom("value", "display"), address];
  const flag = fc.record({ part: fc.constant("primary" as const), value: fc.boolean() });
  const text = fc.record({ part: name, value });
  return fc.oneof(text, flag).chain((chosen) =>
    fc.record({
      kind: fc.constant("set-part" as const),
      op,
      list: fc.constant(each),
      type,
      part: fc.constant(chosen.part),
      value: fc.constant(chosen.value),
    }),
  );
});
const element = list.chain((each) =>
  fc.record({
    kind: fc.constant("set-element" as const),
    op,
    list: fc.constant(each),
    type,
    element: elementOf(each).map(({ type: _type, ...rest }) => rest),
  }),
);
const removedPart = list.chain((each) =>
  fc.record({
    kind: fc.constant("remove-part" as const),
    list: fc.constant(each),
    type,
    part: each === "addresses" ? fc.constant("region" as const) : fc.constantFrom("display" as const, "value" as const),
  }),
);

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    set,
    set,
    fc.record({
      kind: fc.constant("unset" as const),
      name: fc.constantFrom<SimpleName>("externalId", "title", "nickName", "e:department", "e:costCenter"),
    }),
    name,
    fc.record({
      kind: fc.constant("unset-name" as const),
      part: fc.constantFrom("givenName", "familyName", undefined),
    }),
    manager,
    fc.record({ kind: fc.constant("unset-manager" as const) }),
    elements,
    elements,
    fc.record({ kind: fc.constant("clear" as const), list }),
    fc.record({
      kind: fc.constant("remove-values" as const),
      list: fc.constantFrom("emails" as const, "roles" as const),
      values: fc.array(address, { minLength: 1, maxLength: 2 }),
    }),
    part,
    part,
    element,
    fc.record({ kind: fc.constant("remove-element" as const), list, type }),
    removedPart,
    fc.record({
      kind: fc.constant("many" as const),
      op,
      steps: fc.array(fc.oneof(set, name, elements, manager), { minLength: 1, maxLength: 4 }),
    }),
  ),
  { minLength: 1, maxLength: 6 },
);

/** Attribute names and operations are compared without case (RFC 7643 §2.1; Entra sends `Add`). */
export type Case = (text: string) => string;
export const CASES: readonly Case[] = [
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.charAt(0).toUpperCase() + text.slice(1),
];

interface Sent {
  readonly op: string;
  readonly path?: string;
  readonly value?: unknown;
}

export function operationsOf(step: Step, cased: Case): readonly Sent[] {
  const remove = cased("remove");
  switch (step.kind) {
    case "set":
      return [{ op: cased(step.op), path: pathOf(step.name, cased), value: step.value }];
    case "unset":
      return [{ op: remove, path: pathOf(step.name, cased) }];
    case "name":
      return [{ op: cased(step.op), path: cased("name"), value: step.parts }];
    case "unset-name":
      return [{ op: remove, path: cased(step.part === undefined ? "name" : `name.${step.part}`) }];
    case "manager":
      return [
        {
          op: cased(step.op),
          path: `${pathOf("e:manager", cased)}${step.form === "sub" ? ".value" : ""}`,
          value: managerIn(step),
        },
      ];
    case "unset-manager":
      return [{ op: remove, path: pathOf("e:manager", cased) }];
    case "list":
      return [{ op: cased(step.op), path: cased(step.list), value: step.elements }];
    case "clear":
      return [{ op: remove, path: cased(step.list) }];
    case "remove-values":
      // As Entra takes members away: with the rest of what it knows beside the value.
      return [{ op: remove, path: cased(step.list), value: step.values.map((value) => ({ value, display: "any" })) }];
    case "set-part":
      return [{ op: cased(step.op), path: `${filtered(step, cased)}.${cased(step.part)}`, value: step.value }];
    case "set-element":
      return [{ op: cased(step.op), path: filtered(step, cased), value: step.element }];
    case "remove-element":
      return [{ op: remove, path: filtered(step, cased) }];
    case "remove-part":
      return [{ op: remove, path: `${filtered(step, cased)}.${cased(step.part)}` }];
    case "many":
      return [{ op: cased(step.op), value: pathless(step, cased) }];
  }
}

/** Of two keys alike the second would win: each stands in an operation of its own instead. */
function pathless({ steps: parts }: Extract<Step, { kind: "many" }>, cased: Case): Record<string, unknown> {
  return Object.fromEntries(
    parts.map((step) => {
      switch (step.kind) {
        case "set":
          return [pathOf(step.name, cased), step.value];
        case "name":
          return [cased("name"), step.parts];
        case "list":
          return [cased(step.list), step.elements];
        case "manager":
          return [pathOf("e:manager", cased), managerIn({ ...step, form: step.form === "sub" ? "text" : step.form })];
      }
    }),
  );
}

/** Keys that a path-less value would have twice. */
export const isUnambiguous = (step: Step): boolean => {
  if (step.kind !== "many") return true;
  const keys = step.steps.map((each) =>
    each.kind === "set" ? each.name : each.kind === "list" ? each.list : each.kind,
  );
  return new Set(keys).size === keys.length;
};

const pathOf = (name: string, cased: Case): string =>
  name.startsWith("e:") ? `${ENTERPRISE}:${cased(name.slice(2))}` : cased(name);

const filtered = ({ list: name, type: wanted }: { list: ListName; type: string }, cased: Case): string =>
  `${cased(name)}[${cased("type")} ${cased("eq")} ${JSON.stringify(wanted)}]`;

function managerIn({ id, form }: { id: string; form: "text" | "object" | "list" | "sub" }): unknown {
  if (form === "object") return { value: id };
  return form === "list" ? [{ value: id }] : id;
}
