// Cursor paging, RFC 9865.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createGroup, createUser, ERROR, LIST, openBridge, patchOf, type Bridge } from "./bridge.js";

const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";

interface Page {
  readonly totalResults: number;
  readonly itemsPerPage: number;
  readonly startIndex?: number;
  readonly nextCursor?: string;
  readonly Resources: readonly Record<string, unknown>[];
}

/** By GET with parameters in the URL, or by POST .search with them in the body. */
type Ask = (parameters: Record<string, string | number>) => Promise<{ status: number; body: unknown }>;

const getting =
  (bridge: Bridge, path: string): Ask =>
  (parameters) =>
    bridge.send("get", `${path}?${new URLSearchParams(parameters as Record<string, string>).toString()}`);

const searching =
  (bridge: Bridge, path: string): Ask =>
  (parameters) =>
    bridge.send("post", path, { schemas: [SEARCH], ...parameters });

const nameOf = (resource: Record<string, unknown>): unknown => resource["userName"] ?? resource["displayName"];

/** The pages from the first to the last; `between` happens after each. */
async function walk(
  ask: Ask,
  parameters: Record<string, string | number>,
  between: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (let cursor: string | undefined = ""; cursor !== undefined; cursor = pages.at(-1)?.nextCursor) {
    const { status, body } = await ask({ ...parameters, cursor });
    expect([status, body]).toEqual([200, expect.objectContaining({ schemas: [LIST] })]);
    const page = body as Page;
    expect(page.Resources).toHaveLength(page.itemsPerPage);
    pages.push(page);
    await between(page);
  }
  return pages;
}

const names = (pages: readonly Page[]): readonly unknown[] => pages.flatMap((page) => page.Resources.map(nameOf));

const NAMES = Array.from({ length: 43 }, (_, n) => `user-${String((n * 11) % 43).padStart(2, "0")}`);

async function filled(): Promise<Bridge> {
  const bridge = await openBridge();
  for (const [n, name] of NAMES.entries())
    await createUser(bridge, name, {
      ...(n % 3 === 0 ? {} : { title: ["Ärztin", "ärztin", "Lead", "lead 2"][n % 4] }),
      ...(n % 5 === 0 ? { externalId: `x${n % 7}` } : {}),
      emails: [
        { value: `z${n}@acme.example`, type: "home" },
        { value: `${n % 10}@acme.example`, type: "work", primary: true },
      ],
      rank: n % 6,
    });
  for (const name of ["A", "B", "C", "D", "E"]) await createGroup(bridge, name);
  return bridge;
}

let bridge: Bridge;
beforeAll(async () => {
  bridge = await filled();
});
afterAll(() => bridge.close());

const QUERIES: readonly Record<string, string>[] = [
  {},
  { filter: 'userName co "1"' },
  { filter: 'emails[type eq "work" and value sw "3"]' },
  { filter: 'userName eq "nobody"' },
  ...["userName", "title", "externalId", "emails", "rank", "meta.created", "profileUrl", "groups"].flatMap((sortBy) => [
    { sortBy },
    { sortBy, sortOrder: "descending" },
    { sortBy, filter: 'not (title sw "lead")' },
  ]),
];

describe("the pages of a query", () => {
  test.each(QUERIES)("%j are those of its index pages", async (query) => {
    const { body } = await getting(bridge, "/Users")({ ...query, count: 200 });
    const all = body as Page;
    for (const count of [5, 43, 200]) {
      const pages = await walk(getting(bridge, "/Users"), { ...query, count });
      expect(names(pages)).toEqual(all.Resources.map(nameOf));
      expect(new Set(pages.map((page) => page.totalResults))).toEqual(new Set([all.totalResults]));
      expect(pages).toHaveLength(Math.max(1, Math.ceil(all.totalResults / count)));
      // RFC 9865 §2: of unreserved characters (RFC 3986 §2.3), and startIndex belongs to the other way of paging.
      for (const page of pages) {
        expect(page.nextCursor ?? "a").toMatch(/^[\w.~-]+$/);
        expect(page.startIndex).toBeUndefined();
      }
    }
  });

  test("`cursor` without a value asks for the first page, nothing at all for index paging", async () => {
    const first = (await bridge.send("get", "/Users?cursor&count=2")).body as Page;
    expect([names([first]), typeof first.nextCursor]).toEqual([NAMES.slice(0, 2), "string"]);
    const byIndex = (await bridge.send("get", "/Users?count=2")).body as Page;
    expect([byIndex.startIndex, byIndex.nextCursor]).toEqual([1, undefined]);
  });

  test("go on with attributes", async () => {
    const pages = await walk(getting(bridge, "/Users"), { count: 20, attributes: "userName" });
    expect(Object.keys(pages[2]?.Resources[0] ?? {}).sort()).toEqual(["id", "schemas", "userName"]);
  });

  test("are 100 long by default and 200 at most", async () => {
    expect(await walk(getting(bridge, "/Users"), {})).toHaveLength(1);
    expect(await walk(getting(bridge, "/Users"), { count: 1_000 })).toHaveLength(1);
  });

  test.each([0, -3])("count %i answers the total only", async (count) => {
    const { body } = await getting(bridge, "/Users")({ count, cursor: "" });
    expect(body).toEqual({ schemas: [LIST], totalResults: 43, itemsPerPage: 0, Resources: [] });
  });

  test("of groups, and of .search of one type", async () => {
    expect(names(await walk(getting(bridge, "/Groups"), { count: 2 }))).toEqual(["A", "B", "C", "D", "E"]);
    const descending = { count: 2, sortBy: "displayName", sortOrder: "descending" };
    expect(names(await walk(searching(bridge, "/Groups/.search"), descending))).toEqual(["E", "D", "C", "B", "A"]);
    expect(names(await walk(searching(bridge, "/Users/.search"), { count: 9 }))).toEqual(NAMES);
  });

  test.each([1, 2, 5, 43, 44, 48, 200])("of .search of everything, %i at a time", async (count) => {
    const pages = await walk(searching(bridge, "/.search"), { count });
    expect(names(pages)).toEqual([...NAMES, "A", "B", "C", "D", "E"]);
    expect(pages.map((page) => page.totalResults)).toEqual(pages.map(() => 48));
    expect(pages).toHaveLength(Math.ceil(48 / count));
  });

  test("of .search of everything without an answer, with none of the users, with count 0", async () => {
    const all = searching(bridge, "/.search");
    expect(names(await walk(all, { filter: 'userName eq "nobody"' }))).toEqual([]);
    expect(names(await walk(all, { count: 2, filter: 'meta.resourceType eq "Group"' }))).toHaveLength(5);
    expect((await walk(all, { count: 0 })).map(({ totalResults }) => totalResults)).toEqual([48]);
  });
});

describe("while people come and go", () => {
  test.each<[string, Record<string, string>]>([
    ["in order of arrival", {}],
    ["sorted by name", { sortBy: "userName" }],
    ["sorted by title, descending", { sortBy: "title", sortOrder: "descending" }],
    ["filtered", { filter: 'userName sw "user-"' }],
  ])("nobody else is skipped or doubled: %s", async (_name, query) => {
    const changing = await filled();
    const removed = new Set<unknown>();
    let round = 0;
    const pages = await walk(getting(changing, "/Users"), { ...query, count: 5 }, async ({ Resources }) => {
      const [first, , third] = Resources;
      const last = Resources.at(-1);
      // The row that the cursor stands on goes, another before it too, one that was seen changes, somebody comes.
      for (const gone of new Set([first, last])) {
        removed.add(gone?.["userName"]);
        await changing.send("delete", `/Users/${String(gone?.["id"])}`);
      }
      const retitle = patchOf({ op: "replace", path: "title", value: "seen" });
      if (third) await changing.send("patch", `/Users/${String(third["id"])}`, retitle);
      if (round++ < 3) await createUser(changing, `a-newcomer-${round}`);
    });
    const seen = names(pages).filter((name) => String(name).startsWith("user-"));
    // Who was retitled when seen may come again where the new title stands; nobody else may.
    if (query["sortBy"] !== "title") expect(seen).toHaveLength(new Set(seen).size);
    expect(new Set(seen)).toEqual(new Set(NAMES));
    await changing.close();
  });
});

describe("refused", () => {
  const cursorOf = async (ask: Ask, parameters: Record<string, string | number>): Promise<string> =>
    ((await ask({ count: 4, ...parameters, cursor: "" })).body as Page).nextCursor ?? "none";

  async function expectRefusal(answer: ReturnType<Ask>, scimType: string, detail: RegExp): Promise<void> {
    const { status, body } = await answer;
    expect([status, body]).toEqual([
      400,
      { schemas: [ERROR], status: "400", scimType, detail: expect.stringMatching(detail) as unknown },
    ]);
  }

  test("a cursor of another query, in whatever it differs", async () => {
    const users = getting(bridge, "/Users");
    const filter = 'userName co "1"';
    const cursors = [
      await cursorOf(users, {}),
      await cursorOf(users, { filter }),
      await cursorOf(users, { sortBy: "userName" }),
      await cursorOf(users, { sortBy: "userName", sortOrder: "descending" }),
      await cursorOf(users, { filter, sortBy: "title" }),
      await cursorOf(getting(bridge, "/Groups"), {}),
      await cursorOf(searching(bridge, "/.search"), {}),
    ];
    expect(new Set(cursors).size).toBe(cursors.length);
    for (const cursor of cursors)
      await expectRefusal(users({ count: 4, filter: "title pr", cursor }), "invalidCursor", /empty cursor/);
    await expectRefusal(getting(bridge, "/Groups")({ count: 4, cursor: cursors[0] ?? "" }), "invalidCursor", /query/);
  });

  test("a cursor that goes on where it was given out, with any spelling of the same query", async () => {
    const cursor = await cursorOf(getting(bridge, "/Users"), { filter: 'userName co "1"' });
    const again = { count: 4, filter: 'USERNAME CO "1"', cursor };
    expect((await searching(bridge, "/Users/.search")(again)).status).toBe(200);
  });

  test("a cursor with any character changed, added or left out", async () => {
    const users = getting(bridge, "/Users");
    const cursor = await cursorOf(users, { sortBy: "title" });
    for (let at = 0; at <= cursor.length; at++)
      for (const wrong of [
        `${cursor.slice(0, at)}x${cursor.slice(at + 1)}`,
        `${cursor.slice(0, at)}-${cursor.slice(at)}`,
        cursor.slice(0, at) + cursor.slice(at + 1),
      ])
        if (wrong !== cursor && wrong !== "")
          await expectRefusal(users({ count: 4, sortBy: "title", cursor: wrong }), "invalidCursor", /cursor/);
  });

  test("any other text", async () => {
    const words = fc.oneof(
      // A body with a NUL is refused as a whole.
      fc.string({ unit: "binary", minLength: 1, maxLength: 60 }).filter((text) => !text.includes("\0")),
      fc.json().map((text) => `1.${Buffer.from(text).toString("base64url")}.AAAAAAAAAAAAAAAAAAAAAA`),
    );
    await fc.assert(
      fc.asyncProperty(words, async (cursor) => {
        await expectRefusal(searching(bridge, "/Users/.search")({ cursor }), "invalidCursor", /cursor/);
      }),
      { numRuns: 60 },
    );
    await expectRefusal(searching(bridge, "/.search")({ cursor: 7 }), "invalidCursor", /must be text/);
    await expectRefusal(searching(bridge, "/.search")({ cursor: "x".repeat(9_000) }), "invalidCursor", /9000/);
  });

  test("a cursor of another format has expired", async () => {
    const cursor = await cursorOf(getting(bridge, "/Users"), {});
    await expectRefusal(
      getting(bridge, "/Users")({ count: 4, cursor: `2${cursor.slice(1)}` }),
      "expiredCursor",
      /format 2; this bridge writes format 1\. Begin again/,
    );
  });

  test("another count than that of the first page, and a count that is none", async () => {
    const users = getting(bridge, "/Users");
    const cursor = await cursorOf(users, {});
    await expectRefusal(users({ count: 5, cursor }), "invalidCount", /count is 5; it was 4/);
    await expectRefusal(users({ cursor }), "invalidCount", /count is 100; it was 4/);
    await expectRefusal(users({ count: "ten", cursor: "" }), "invalidCount", /count must be one integer, not "ten"/);
  });

  test("startIndex beside a cursor", async () => {
    await expectRefusal(getting(bridge, "/Users")({ startIndex: 1, cursor: "" }), "invalidValue", /send one/);
  });
});

test("a very long value is sorted by its beginning, and its cursor still fits a URL", async () => {
  const other = await openBridge();
  for (const ending of ["c", "a", "b"]) await createUser(other, ending, { title: "😀".repeat(5_000) + ending });
  await createUser(other, "short", { title: "😀" });
  const pages = await walk(getting(other, "/Users"), { sortBy: "title", count: 1 });
  expect(names(pages)).toEqual(["short", "c", "a", "b"]);
  expect(Math.max(...pages.map((page) => page.nextCursor?.length ?? 0))).toBeLessThan(2_000);
  await other.close();
});

test("ServiceProviderConfig says so", async () => {
  const response = await bridge.send("get", "/ServiceProviderConfig");
  const config = response.body as Record<string, unknown>;
  expect(config["pagination"]).toEqual({
    cursor: true,
    index: true,
    defaultPaginationMethod: "index",
    defaultPageSize: 100,
    maxPageSize: 200,
  });
});
