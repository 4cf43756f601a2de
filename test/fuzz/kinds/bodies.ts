// POST and PUT of users and groups: every attribute with every type, forbidden names, depth, width, odd text.
import * as hostile from "../hostile.js";
import type { Random } from "../../support/random.js";
import { withBody, type HostileRequest, type Make, type Targets } from "../request.js";

export const SCHEMAS = {
  Users: '["urn:ietf:params:scim:schemas:core:2.0:User"]',
  Groups: '["urn:ietf:params:scim:schemas:core:2.0:Group"]',
  Patch: '["urn:ietf:params:scim:api:messages:2.0:PatchOp"]',
} as const;

type Endpoint = "Users" | "Groups";
type Member = readonly [name: string, json: string];

export const endpoint = (random: Random): Endpoint => random.pick(["Users", "Users", "Groups"]);

export const someone = (random: Random, targets: Targets, of: Endpoint): string =>
  random.pick([...(of === "Users" ? targets.users : targets.groups), "nobody", "__proto__"]);

const name = (random: Random): string =>
  JSON.stringify(random.chance(0.8) ? `fuzz-${random.below(100_000)}@x.example` : hostile.text(random));

/** What makes it a valid body, which is then bent. */
function base(random: Random, of: Endpoint): Member[] {
  if (of === "Groups")
    return [
      ["schemas", SCHEMAS.Groups],
      ["displayName", name(random)],
    ];
  const userName = name(random);
  return [
    ["schemas", SCHEMAS.Users],
    ["userName", userName],
    ["emails", `[{"value":${userName},"primary":true}]`],
  ];
}

export const odd = (random: Random): Member => [
  hostile.cased(random, random.pick(hostile.ATTRIBUTES)),
  hostile.json(random),
];

export function members(random: Random, { users, groups }: Targets): string {
  const ids = random.times(5, () => random.pick([...users, ...groups, hostile.text(random)]));
  return `[${ids.map((id) => (random.chance(0.7) ? `{"value":${JSON.stringify(id)},"display":${JSON.stringify(hostile.text(random))}}` : hostile.json(random, 1))).join(",")}]`;
}

/** A body as POST or PUT. */
function whole(random: Random, targets: Targets, body: (of: Endpoint) => string, more: Partial<HostileRequest> = {}) {
  const of = endpoint(random);
  const [method, path] = random.chance(0.6) ? ["POST", `/${of}`] : ["PUT", `/${of}/${someone(random, targets, of)}`];
  return withBody("body", method, path, body(of), more);
}

export const oddAttributes: Make = (random, targets) =>
  whole(random, targets, (of) =>
    hostile.object([
      ...base(random, of),
      ...random.times(5, () => odd(random)),
      ...(of === "Groups" ? [["members", members(random, targets)] as const] : []),
    ]),
  );

export const oddJson: Make = (random, targets) => whole(random, targets, () => hostile.json(random, 5));

export const forbiddenNames: Make = (random, targets) => {
  const forbidden = random.pick(hostile.FORBIDDEN);
  const bad: Member = random.pick<Member>([
    [forbidden, hostile.json(random)],
    ["name", `{"${forbidden}":{"polluted":1}}`],
    [`urn:ietf:params:scim:schemas:core:2.0:User:${forbidden}`, '{"polluted":1}'],
    [`${forbidden}.polluted`, "1"],
    ["unknown", `[{"a":{"${forbidden}":{"polluted":true}}}]`],
  ]);
  return whole(random, targets, (of) => hostile.object([...base(random, of), bad]), {
    kind: "forbidden-name",
    expect: "refused",
  });
};

const WIDE: readonly (readonly Member[])[] = [
  [["unknown", `[${"1,".repeat(800_000)}1]`]],
  Array.from({ length: 2_100 }, (_, at) => [`k${at}`, "1"] as const),
  [["unknown", `"${"x".repeat(1_100_000)}"`]],
];

export const depthAndWidth: Make = (random, targets) => {
  const levels = random.pick([33, 40, 100, 1_000, 20_000]);
  const [open, inside, close] = random.pick([
    ["[", "", "]"],
    ['{"a":', "1", "}"],
    ['[{"a":', "1", "}]"],
  ] as const);
  const isDeep = random.chance(0.9);
  const bad = isDeep ? [["unknown", hostile.nested(levels, open, inside, close)] as const] : random.pick(WIDE);
  return whole(random, targets, (of) => hostile.object([...base(random, of), ...bad]), {
    kind: isDeep ? "deep" : "wide",
    expect: "refused",
  });
};

export const unstorable: Make = (random, targets) =>
  whole(
    random,
    targets,
    (of) =>
      hostile.object([
        ...base(random, of),
        ["unknown", random.pick([`{"a":[${JSON.stringify(random.pick(hostile.UNSTORABLE))}]}`, "1e999", "-1e400"])],
      ]),
    { kind: "unstorable", expect: "refused" },
  );

/** The last of two keys counts, in whatever letters. */
export const duplicateKeys: Make = (random, targets) =>
  whole(random, targets, (of) => {
    const members = base(random, of);
    return hostile.object([
      ...members,
      ...random.times(3, () => odd(random)),
      ...members.map(([key, value]): Member => [
        hostile.cased(random, key),
        random.chance(0.5) ? value : hostile.json(random),
      ]),
    ]);
  });

/** A valid body, then bytes of it changed. */
export const mutatedBody: Make = (random, targets) => {
  const request = random.pick([oddAttributes, duplicateKeys])(random, targets);
  return { ...request, kind: "mutated-body", body: hostile.mutated(random, request.body ?? Buffer.alloc(0)) };
};

export const invalidUtf8: Make = (random, targets) => {
  const bytes = random.pick<readonly number[]>([
    [0xff],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0xe2, 0x82],
    [0xf4, 0x90, 0x80, 0x80],
  ]);
  const request = whole(random, targets, (of) => hostile.object([...base(random, of), ["title", '"~~~"']]));
  const body = request.body ?? Buffer.alloc(0);
  const at = body.indexOf("~~~");
  return {
    ...request,
    kind: "invalid-utf8",
    expect: "refused",
    body: Buffer.concat([body.subarray(0, at), Buffer.from(bytes), body.subarray(at)]),
  };
};

export const otherEncodings: Make = (random) => {
  const text = '{"userName":"encoded@x.example"}';
  const [charset, body] = random.pick<readonly [string, Buffer]>([
    ["utf-16", Buffer.from(text, "utf16le")],
    ["utf-16le", Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["utf-8", Buffer.from(text, "utf16le")],
    ["utf-7", Buffer.from(text)],
    ["utf-32", Buffer.from(text)],
    ["latin1", Buffer.from(text, "latin1")],
    ["__proto__", Buffer.from(text)],
  ]);
  const type = ["Content-Type", `application/scim+json; charset=${charset}`] as const;
  const plain = withBody("encoding", "POST", "/Users", body, { expect: "refused" });
  return { ...plain, headers: [...plain.headers.slice(0, 1), type] };
};
