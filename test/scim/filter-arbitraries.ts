// Random resources and filters, of few texts so that they meet.
import fc from "fast-check";
import {
  ENTERPRISE,
  stepsOf,
  TYPES,
  type Comparator,
  type Expression,
  type Kind,
  type Literal,
  type Type,
} from "./rfc-filter.js";

// Both cases, beyond ASCII, beyond the BMP, and what has a meaning in LIKE, JSON or SQL.
const LETTERS = [
  "a",
  "A",
  "b",
  "Ä",
  "ä",
  "ß",
  "İ",
  "Σ",
  "ς",
  "é",
  "e\u0301",
  "\uE000",
  "😀",
  "1",
  "%",
  "_",
  "\\",
  '"',
  "'",
  "[",
  " ",
];
export const text = fc
  .array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength: 3 })
  .map((letters) => letters.join(""));
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 2 });

const element = fc.record(
  { value: text, display: text, type: fc.constantFrom("work", "Home", "WORK", "ä"), primary: fc.boolean() },
  { requiredKeys: ["value"] },
);
const elements = fc.array(element, { minLength: 1, maxLength: 3 });
const mixed: fc.Arbitrary<unknown> = fc.oneof(
  text,
  fc.integer({ min: -2, max: 2 }),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.boolean(),
  fc.constantFrom({ inner: null }, { inner: "" }, { inner: "a" }, { inner: 1 }, [null], ["", "A"], [{ inner: "B" }]),
);

/** A body without userName. */
export const userBody = fc.record(
  {
    externalId: text,
    name: fc.record({ givenName: text, familyName: text }, { requiredKeys: [] }),
    displayName: text,
    title: text,
    profileUrl: text,
    active: fc.boolean(),
    emails: elements,
    roles: elements,
    addresses: fc.array(fc.record({ locality: text, type: fc.constantFrom("work", "Home") }), { maxLength: 2 }),
    [ENTERPRISE]: fc.record(
      { department: text, manager: fc.record({ value: text }, { requiredKeys: ["value"] }) },
      { requiredKeys: [] },
    ),
    mixed,
  },
  { requiredKeys: [] },
);

export const groupBody = fc.record({ externalId: text, mixed }, { requiredKeys: [] });
/** Index of a user, and what the group calls them. */
export const memberships = fc.array(fc.record({ user: fc.nat(), display: maybe(text) }), { maxLength: 5 });

const OPS: readonly Comparator[] = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

/** Literals: `hits` are values that occur, so that comparisons have something to find. */
function test(type: Type, path: readonly string[], hits: fc.Arbitrary<string>): fc.Arbitrary<Expression> {
  const made = (op: Comparator, literal: Literal): Expression => ({ kind: "test", path, op, literal });
  const absent = fc.constantFrom<Comparator>("eq", "ne").map((op) => made(op, null));
  const equality = fc.constantFrom<Comparator>("eq", "ne");
  const texts = fc.tuple(fc.constantFrom(...OPS), fc.oneof(text, hits)).map(([op, literal]) => made(op, literal));
  const booleans = fc.tuple(equality, fc.boolean()).map(([op, literal]) => made(op, literal));
  const numbers = fc
    .tuple(fc.constantFrom<Comparator>("eq", "ne", "gt", "ge", "lt", "le"), fc.integer({ min: -2, max: 2 }))
    .map(([op, literal]) => made(op, literal));
  const presence = fc.constant<Expression>({ kind: "pr", path });
  switch (type) {
    case "boolean":
      return fc.oneof(booleans, presence, absent);
    case "dateTime":
      return fc
        .tuple(fc.constantFrom(...OPS), fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-01T01:00:03+01:00"))
        .map(([op, literal]) => made(op, literal));
    case "any":
      return fc.oneof(texts, numbers, booleans, presence, absent);
    case "string":
    case "exact":
    case "complex":
      return fc.oneof({ arbitrary: texts, weight: 5 }, presence, absent);
  }
}

function tree(leaf: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  return fc.letrec<{ node: Expression }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      leaf,
      fc.record({
        kind: fc.constantFrom("and" as const, "or" as const),
        of: fc.array(tie("node"), { minLength: 2, maxLength: 3 }),
      }),
      tie("node").map((of): Expression => ({ kind: "not", of })),
    ),
  })).node;
}

const LABELLED = ["value", "display", "type", "primary"];
const WITHIN: Readonly<Record<Kind, readonly string[]>> = { User: ["emails", "roles", "groups"], Group: ["members"] };

/** Of one element of the attribute. */
export const elementExpression = (kind: Kind, attribute: string, hits: fc.Arbitrary<string> = text) =>
  tree(
    fc
      .constantFrom(...LABELLED.filter((sub) => TYPES[kind][`${attribute}.${sub}`] !== undefined))
      .chain((sub) => test(TYPES[kind][`${attribute}.${sub}`] ?? "any", [sub], hits)),
  );

export function expression(kind: Kind, hits: fc.Arbitrary<string>): fc.Arbitrary<Expression> {
  const simple = fc
    .constantFrom(...Object.entries(TYPES[kind]))
    .chain(([name, type]) => test(type, stepsOf(name), hits));
  const within = fc.constantFrom(...WITHIN[kind]).chain((attribute) =>
    elementExpression(kind, attribute, hits).map((of): Expression => ({
      kind: "within",
      attribute: [attribute],
      of,
    })),
  );
  return tree(fc.oneof({ arbitrary: simple, weight: 3 }, { arbitrary: within, weight: 1 }));
}
