// Every size that is limited (requests a second: rate.test.ts): what is just within it is served, one more is refused with the number.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { aUser } from "../../conformance/records.js";
import { ERROR, GROUP, openBridge, patchOf, snapshot, USER, type Bridge } from "./bridge.js";

const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

type Message = readonly [method: "get" | "post" | "patch", path: string, body?: string | object];

interface Limit {
  readonly name: string;
  readonly most: number;
  /** A request of exactly this size. */
  readonly of: (size: number) => Message;
  readonly served: number;
  readonly refused: number;
  readonly scimType?: string;
  readonly detail: RegExp;
}

const padded = (size: number, head: string, tail: string, filling = "x"): string =>
  `${head}${filling.repeat(size - head.length - tail.length)}${tail}`;
const user = (userName: string, more: object = {}): object => ({ schemas: [USER], userName, ...more });
const numbered = <T>(length: number, of: (n: number) => T): readonly T[] => Array.from({ length }, (_, n) => of(n));
const LARGE = `{"schemas":["${USER}"],"userName":"large"`;
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
const bulk = (...Operations: readonly object[]): object => ({ schemas: [BULK], Operations });
const search = (filter: string): object => ({ schemas: [SEARCH], filter });

const LIMITS: readonly Limit[] = [
  {
    name: "bytes of a body",
    most: 16 * 1024 * 1024,
    of: (size) => ["post", "/Users", padded(size, LARGE, "}", " ")],
    served: 201,
    refused: 413,
    detail: /larger than 16777216 bytes/,
  },
  {
    name: "levels of a body",
    most: 32,
    of: (size) => ["post", "/Users", `{"schemas":["${USER}"],"userName":"deep","a":${nested(size - 1)}}`],
    served: 201,
    refused: 400,
    scimType: "invalidSyntax",
    detail: /more than 32 levels/,
  },
  {
    name: "brackets, commas and colons of a body",
    most: 750_000,
    of: (size) => {
      const marks = (text: string): number => text.match(/[[{,:]/g)?.length ?? 0;
      const head = `{"schemas":["${SEARCH}"],"count":0,"x":[1`;
      return ["post", "/Users/.search", `${head}${",1".repeat(size - marks(head))}]}`];
    },
    served: 200,
    refused: 413,
    detail: /750001 brackets, commas and colons; at most 750000/,
  },
  {
    name: "attributes side by side",
    most: 10_000,
    of: (size) => ["post", "/Users", user("wide", { x: Object.fromEntries(numbered(size, (n) => [`k${n}`, 1])) })],
    served: 201,
    refused: 400,
    scimType: "invalidSyntax",
    detail: /object of 10001 attributes; at most 10000/,
  },
  {
    name: "members of a request",
    most: 100_000,
    of: (size) => ["post", "/Groups", { schemas: [GROUP], displayName: "M", members: numbered(size, (n) => `m${n}`) }],
    served: 201,
    refused: 400,
    scimType: "invalidValue",
    detail: /at most 100000 members; this one names 100001/,
  },
  {
    name: "characters of a resource",
    most: 1024 * 1024,
    of: (size) => ["post", "/Users", padded(size, `${LARGE},"active":true,"filler":"`, '"}')],
    served: 201,
    refused: 400,
    scimType: "invalidValue",
    detail: /1048577 characters without its members; at most 1048576/,
  },
  {
    name: "operations of a PATCH",
    most: 2_000,
    of: (size) => {
      const operation = { op: "replace", path: "title", value: "x" };
      return ["patch", "/Users/u1", patchOf(...Array.from({ length: size }, () => operation))];
    },
    served: 200,
    refused: 400,
    scimType: "invalidSyntax",
    detail: /1 to 2000 Operations; this one has 2001/,
  },
  {
    name: "operations of a Bulk request",
    most: 1_000,
    of: (size) => [
      "post",
      "/Bulk",
      bulk(...Array.from({ length: size }, () => ({ method: "DELETE", path: "/Users/nobody" }))),
    ],
    served: 200,
    refused: 413,
    detail: /1000/,
  },
  {
    name: "bytes of a Bulk request",
    most: 1024 * 1024,
    of: (size) => {
      const data = `{"schemas":["${USER}"],"userName":"bulky","filler":"`;
      const head = `{"schemas":["${BULK}"],"Operations":[{"method":"POST","path":"/Users","bulkId":"1","data":${data}`;
      return ["post", "/Bulk", padded(size, head, '"}}]}')];
    },
    served: 200,
    refused: 413,
    detail: /larger than 1048576 bytes/,
  },
  {
    name: "characters of a URL",
    most: 8_192,
    of: (size) => ["get", padded(size - "/scim/v2".length, "/Users?count=1&x=", "")],
    served: 200,
    refused: 414,
    detail: /8193 characters; at most 8192/,
  },
  {
    name: "characters of a filter",
    most: 4_096,
    of: (size) => ["post", "/Users/.search", search(padded(size, 'title eq "', '"'))],
    served: 200,
    refused: 400,
    scimType: "invalidFilter",
    detail: /4097 characters; at most 4096/,
  },
  {
    name: "levels of a filter",
    most: 32,
    of: (size) => ["post", "/Users/.search", search(`${"(".repeat(size)}title pr${")".repeat(size)}`)],
    served: 200,
    refused: 400,
    scimType: "invalidFilter",
    detail: /more than 32 deep/,
  },
  {
    name: "comparisons of a filter",
    most: 100,
    of: (size) => ["post", "/Users/.search", search(Array.from({ length: size }, () => "title pr").join(" or "))],
    served: 200,
    refused: 400,
    scimType: "invalidFilter",
    detail: /more than 100 comparisons/,
  },
  {
    name: "characters of a path in PATCH",
    most: 4_096,
    of: (size) => {
      const path = padded(size, 'emails[type eq "', '"].display');
      return ["patch", "/Users/u1", patchOf({ op: "replace", path, value: "x" })];
    },
    served: 200,
    refused: 400,
    scimType: "invalidPath",
    detail: /4097 characters; at most 4096/,
  },
  {
    name: "values of an attribute",
    most: 1_000,
    of: (size) => {
      const emails = Array.from({ length: size }, (_, n) => ({ value: `${n}@acme.example` }));
      return ["post", "/Users", user("many", { emails })];
    },
    served: 201,
    refused: 400,
    scimType: "invalidValue",
    detail: /1001 values; at most 1000/,
  },
  {
    name: "characters of a name",
    most: 1_000,
    of: (size) => ["post", "/Users", user("n".repeat(size))],
    served: 201,
    refused: 400,
    scimType: "invalidValue",
    detail: /1001 characters; at most 1000/,
  },
  {
    name: "characters of a member's id",
    most: 256,
    of: (size) => ["post", "/Groups", { schemas: [GROUP], displayName: "G", members: [{ value: "i".repeat(size) }] }],
    served: 201,
    refused: 400,
    scimType: "invalidValue",
    detail: /257 characters; an id has at most 256/,
  },
];

describe("sizes", () => {
  test.each(LIMITS)("$most $name", async ({ most, of, served, refused, scimType, detail }) => {
    const bridge = await openBridge();
    await bridge.store.transaction((tx) => tx.insertUser(aUser("u1")));
    const before = await snapshot(bridge);
    const beyond = await bridge.send(...of(most + 1));
    expect([beyond.status, beyond.body]).toEqual([
      refused,
      {
        schemas: [ERROR],
        status: String(refused),
        ...(scimType === undefined ? {} : { scimType }),
        detail: expect.stringMatching(detail) as unknown,
      },
    ]);
    expect(await snapshot(bridge)).toEqual(before);
    expect((await bridge.send(...of(most))).status).toBe(served);
    await bridge.close();
  });
});

describe("page size", () => {
  let bridge: Bridge;
  beforeAll(async () => {
    bridge = await openBridge();
    await bridge.store.transaction(async (tx) => {
      for (let n = 0; n < 201; n++) await tx.insertUser(aUser(`u${n}`));
    });
  });
  afterAll(() => bridge.close());

  // More is answered with 200, not refused (RFC 7644 §3.4.2.4).
  test.each([
    [200, ""],
    [201, ""],
    [201, "&cursor="],
  ])("count %i is answered with 200 rows %s", async (count, paging) => {
    const { body } = (await bridge.send("get", `/Users?count=${count}${paging}`)) as { body: unknown };
    expect(body).toMatchObject({ totalResults: 201, itemsPerPage: 200 });
  });
});
