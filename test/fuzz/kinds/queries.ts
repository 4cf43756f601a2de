// Filters, sorting, paging and projections, in the URL and in SearchRequests.
import * as hostile from "../hostile.js";
import type { Random } from "../../support/random.js";
import { reading, withBody, type HostileRequest, type Make } from "../request.js";

const WORDS = ["and", "or", "not", "pr", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "AND", "Eq", "regex"];
const PUNCTUATION = ["(", ")", "[", "]", ".", ",", '"', "\\", " ", "\t", "\n", ":", "$", "'"];

function literal(random: Random): string {
  if (random.chance(0.6)) return JSON.stringify(hostile.text(random));
  return random.pick([
    ...hostile.NUMBERS,
    "true",
    "False",
    "null",
    '"\\u0000"',
    '"\\ud800"',
    '"open',
    "bare",
    '"\\x"',
    "1e999",
  ]);
}

const path = (random: Random): string => {
  const name = hostile.cased(
    random,
    random.pick([...hostile.ATTRIBUTES, "meta.created", "emails.value", "a.b", ...hostile.FORBIDDEN]),
  );
  return random.chance(0.9) ? name : `${name}.${random.pick(["value", "type", "__proto__", "x"])}`;
};

/** By the grammar, mostly. */
function grammatical(random: Random, depth = 4): string {
  const roll = random.below(depth > 0 ? 10 : 4);
  if (roll < 3) return `${path(random)} ${random.pick(WORDS.slice(4, 13))} ${literal(random)}`;
  if (roll === 3) return `${path(random)} pr`;
  if (roll < 6)
    return `${grammatical(random, depth - 1)} ${random.pick(["and", "or", "Or"])} ${grammatical(random, depth - 1)}`;
  if (roll === 6) return `not (${grammatical(random, depth - 1)})`;
  if (roll === 7) return `(${grammatical(random, depth - 1)})`;
  return `${random.pick(["emails", "members", "groups", "roles", "unknown", "name"])}[${grammatical(random, 1)}]${random.chance(0.3) ? `.value eq ${literal(random)}` : ""}`;
}

const soup = (random: Random): string =>
  random
    .times(30, () => random.pick([...WORDS, ...PUNCTUATION, ...hostile.ATTRIBUTES, hostile.text(random)]))
    .join(random.pick(["", " "]));

/** Meant for parsers that try again: each was exponential or quadratic somewhere. */
const EXPENSIVE: readonly string[] = [
  `${"(".repeat(4_000)}`,
  hostile.nested(500, "(", 'a eq "b"', ")"),
  hostile.nested(300, "not (", "a pr", ")"),
  hostile.nested(30, "not (", "a pr", ")"),
  `a eq "${"\n".repeat(2_000)}`,
  `a eq "${"\\".repeat(2_001)}`,
  `${"a".repeat(3_000)}!`,
  `${"a.".repeat(1_500)}`,
  `${"a pr and ".repeat(450)}a pr`,
  `${"a pr or ".repeat(99)}a pr`,
  `emails[${"type pr or ".repeat(99)}type pr]`,
  `${"emails[".repeat(200)}a pr${"]".repeat(200)}`,
  `a eq ${"1".repeat(3_000)}`,
  `a eq -${"0".repeat(3_000)}.`,
  `${" ".repeat(4_000)}x`,
  `urn${":1".repeat(1_500)}:`,
];

export function filterText(random: Random): string {
  const roll = random.below(10);
  if (roll < 5) return grammatical(random);
  if (roll < 7) return hostile.mutated(random, Buffer.from(grammatical(random))).toString();
  return roll === 7 ? random.pick(EXPENSIVE) : soup(random);
}

const NUMBERS = [
  ...hostile.NUMBERS,
  "",
  "abc",
  "0x10",
  "1_000",
  "١",
  " 1",
  "1 ",
  "+1",
  "Infinity",
  "NaN",
  "[]",
  "null",
  "999999999999999",
];

function parameter(random: Random): readonly [string, string] {
  switch (random.below(9)) {
    case 0:
    case 1:
    case 2:
      return ["filter", filterText(random)];
    case 3:
      return ["startIndex", random.pick(NUMBERS)];
    case 4:
      return ["count", random.pick(NUMBERS)];
    case 5:
      return ["sortBy", random.chance(0.7) ? path(random) : hostile.text(random)];
    case 6:
      return ["sortOrder", random.pick(["ascending", "DESCENDING", "up", "__proto__", "ascending; drop", ""])];
    case 7:
      return [
        random.pick(["attributes", "excludedAttributes"]),
        random.times(4, () => (random.chance(0.7) ? path(random) : hostile.text(random))).join(","),
      ];
    default:
      return [
        random.pick([
          ...hostile.FORBIDDEN,
          "cursor",
          "aadOptscim062020",
          "filter[]",
          "filter[a]",
          "count.x",
          "hasOwnProperty",
          "",
        ]),
        hostile.text(random),
      ];
  }
}

const encoded = (random: Random, text: string): string =>
  random.chance(0.9) ? hostile.urlText(text) : text.replace(/[^!-~]/g, "+");

export const query: Make = (random, { users, groups }) => {
  const path = random.pick([
    "/Users",
    "/Groups",
    `/Users/${random.pick(users)}`,
    `/Groups/${random.pick(groups)}`,
    "/Schemas",
    "/ResourceTypes",
    "/ServiceProviderConfig",
  ]);
  const parameters = [parameter(random), ...random.times(2, () => parameter(random))];
  return reading(
    "query",
    `${path}?${parameters.map(([name, value]) => `${encoded(random, name)}=${encoded(random, value)}`).join("&")}`,
  );
};

export const unusablePage: Make = (random) => {
  const [name, value] = random.pick([
    ["count", "ten"],
    ["startIndex", "1e3"],
    ["count", "9007199254740993000"],
    ["sortOrder", "up"],
    ["filter", "a eq"],
    ["filter", ""],
    ["sortBy", "__proto__"],
    ["filter", "__proto__ pr"],
    ["attributes", "constructor"],
    ["filter", 'a eq "\\u0000"'],
  ] as const);
  return reading("unusable-page", `/${random.pick(["Users", "Groups"])}?${name}=${encodeURIComponent(value)}`, {
    expect: "refused",
  });
};

const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

export const search: Make = (random): HostileRequest => {
  const parameters = random.times(4, () => {
    const [name, value] = parameter(random);
    return [name, random.chance(0.1) ? hostile.json(random, 1) : JSON.stringify(value)] as const;
  });
  const path = random.pick(["/.search", "/Users/.search", "/Groups/.search"]);
  return withBody("search", "POST", path, hostile.object([["schemas", `["${SEARCH}"]`], ...parameters]));
};
