// PATCH of users and groups: half of the operations fit something, the others nothing.
import * as hostile from "../hostile.js";
import type { Random } from "../../support/random.js";
import { withBody, type Make, type Targets } from "../request.js";
import { endpoint, members, odd, SCHEMAS, someone } from "./bodies.js";

const PATHS = [
  ...hostile.ATTRIBUTES,
  ...[
    'emails[type eq "work"].value',
    'emails[type eq "x" and primary eq true]',
    "emails[",
    'emails[type eq "a"',
    "emails[].value",
  ],
  ...[
    'members[value eq "x"]',
    "members.value",
    'members[display co "a"]',
    "a.b.c",
    "a..b",
    ".a",
    "a.",
    "[",
    "]",
    "a b",
  ],
  ...[
    "__proto__",
    "__proto__.polluted",
    "constructor.prototype.polluted",
    'x[__proto__ eq "1"].y',
    'emails[type eq "x"].__proto__',
  ],
  ...[
    "urn:ietf:params:scim:schemas:core:2.0:User:__proto__",
    "urn:x:__proto__:polluted",
    "name.constructor",
    "x".repeat(5_000),
  ],
  ...[
    'emails[value eq "' + "a".repeat(3_000) + '"]',
    "emails" + "[a eq 1]".repeat(3),
    `emails[${"(".repeat(40)}a pr${")".repeat(40)}]`,
  ],
];

const SOUND_PATHS = [
  ...[
    "title",
    "displayName",
    "name",
    "name.givenName",
    "emails",
    "roles",
    "addresses",
    "unknown",
    "unknown.x",
    "manager",
  ],
  ...[
    'emails[type eq "work"].value',
    'roles[value co "a"]',
    "unknown[x pr]",
    "members",
    'members[value eq "x"]',
    "phoneNumbers.display",
  ],
  ...[
    "urn:x:y:2.0:User:tag",
    "urn:x:y:2.0:User",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
  ],
];

/** What fits some attribute; the engine is reached only by what can be read. */
function sound(random: Random): string {
  const value = JSON.stringify(hostile.text(random));
  return random.pick([
    value,
    `{"value":${value},"type":${JSON.stringify(hostile.text(random))},"primary":true}`,
    `[{"value":${value},"primary":"True"},{"value":"a","x":${hostile.json(random)}}]`,
    `{"givenName":${value},"x":${hostile.json(random)}}`,
  ]);
}

function soundOperation(random: Random): string {
  const op = JSON.stringify(random.pick(["add", "Replace", "remove"]));
  const path = JSON.stringify(hostile.cased(random, random.pick(SOUND_PATHS)));
  return hostile.object([
    ["op", op],
    ["path", path],
    ...(random.chance(0.8) ? [["value", sound(random)] as const] : []),
  ]);
}

function operation(random: Random, targets: Targets): string {
  if (random.chance(0.6)) return soundOperation(random);
  if (random.chance(0.03)) return hostile.json(random);
  const op = random.pick([
    "add",
    "Add",
    "replace",
    "REPLACE",
    "remove",
    "Remove",
    random.pick(["move", "", "__proto__"]),
  ]);
  const path = random.chance(0.15)
    ? []
    : [
        [
          "path",
          random.chance(0.95) ? JSON.stringify(hostile.cased(random, random.pick(PATHS))) : hostile.json(random),
        ] as const,
      ];
  const value = random.chance(0.1)
    ? []
    : [
        [
          "value",
          random.chance(0.2)
            ? members(random, targets)
            : path.length > 0
              ? hostile.json(random)
              : hostile.object(random.times(4, () => odd(random))),
        ] as const,
      ];
  return hostile.object([["op", JSON.stringify(op)], ...path, ...value]);
}

export const oddPatch: Make = (random, targets) => {
  const of = endpoint(random);
  const operations = [operation(random, targets), ...random.times(3, () => operation(random, targets))];
  const body = hostile.object([
    ["schemas", random.chance(0.95) ? SCHEMAS.Patch : hostile.json(random)],
    ["Operations", random.chance(0.97) ? `[${operations.join(",")}]` : hostile.json(random)],
  ]);
  return withBody("patch", "PATCH", `/${of}/${someone(random, targets, of)}`, body);
};

/** A good operation and a bad one: all or nothing. */
export const halfBadPatch: Make = (random, targets) => {
  const of = endpoint(random);
  const bad = random.pick([
    '{"op":"add","path":"a b","value":1}',
    '{"op":"move","path":"title"}',
    '{"op":"replace","path":"id","value":"x"}',
    '{"op":"remove"}',
    '{"op":"add","path":"__proto__.x","value":1}',
    '{"op":"replace","path":"emails[","value":"x"}',
  ]);
  const good = `{"op":"replace","path":"displayName","value":"half ${random.below(1_000)}"},{"op":"remove","path":"members"},{"op":"add","path":"unknown","value":${random.below(1_000)}}`;
  const body = `{"schemas":${SCHEMAS.Patch},"Operations":[${good},${bad}]}`;
  return withBody("half-bad-patch", "PATCH", `/${of}/${someone(random, targets, of)}`, body, { expect: "refused" });
};

/** A PATCH, then bytes of it changed. */
export const mutatedPatch: Make = (random, targets) => {
  const request = oddPatch(random, targets);
  return { ...request, kind: "mutated-patch", body: hostile.mutated(random, request.body ?? Buffer.alloc(0)) };
};
