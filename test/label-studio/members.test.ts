import { describe, expect, test } from "@jest/globals";
import type { Member } from "../../src/membership/index.js";
import { onBench, page, refusalOf, row, type Received, type Reply, type Script } from "./upstream.js";

const LIST = "/api/organizations/1/memberships";
const masked = (id: number): object => ({
  id: 500 + id,
  organization: 1,
  user: { id, email: "Deleted", username: "Deleted", first_name: "Deleted", last_name: "User" },
});

async function all(pages: AsyncIterable<readonly Member[]>): Promise<readonly Member[]> {
  const found: Member[] = [];
  for await (const members of pages) found.push(...members);
  return found;
}

/** Serves `rows` the way DRF does, never more than `most` per page, narrowed by `matches`. */
function serving(rows: readonly object[], most: number, matches: (row: object, request: Received) => boolean): Script {
  return (request) => {
    if (request.path !== LIST) return { status: 404, text: "<html>not found</html>" };
    const hits = rows.filter((candidate) => matches(candidate, request));
    const size = Math.min(most, Number(request.query["page_size"]));
    const from = (Number(request.query["page"]) - 1) * size;
    if (from > 0 && from >= hits.length) return { status: 404, text: "<html>not found</html>" };
    return page(hits.length, hits.slice(from, from + size));
  };
}

const everybody = (): boolean => true;
const searched = (candidate: object, { query }: Received): boolean =>
  JSON.stringify(candidate)
    .toLowerCase()
    .includes((query["search"] ?? "").toLowerCase());
const ids = (members: readonly Member[]): readonly number[] => members.map((member) => member.userId);

describe("observe", () => {
  const people = Array.from({ length: 250 }, (_, index) => row(index + 1, "AN"));

  test("goes on by page number until count rows are seen, however few the server gives", async () => {
    await onBench(serving(people, 100, everybody), async ({ target, upstream }) => {
      expect(ids(await all(target.observe()))).toEqual(people.map((_, index) => index + 1));
      expect(upstream.received.map(({ query }) => query)).toEqual(
        ["1", "2", "3"].map((number) => ({ page: number, page_size: "500" })),
      );
    });
  });

  test("reads again when a server that orders its rows anew for each page has shown some twice", async () => {
    let request = 0;
    const turned: Script = (received, serial) => {
      const by = (request++ * 37) % people.length;
      return serving([...people.slice(by), ...people.slice(0, by)], 100, everybody)(received, serial);
    };
    await onBench(turned, async ({ target }) => {
      expect(new Set(ids(await all(target.observe()))).size).toBe(people.length);
    });
  });

  test("leaves soft-deleted rows out and still counts them as seen", async () => {
    const flagged = [
      { ...row(3, "AN"), is_deleted: true },
      { ...row(4, "AN"), deleted_at: "2026-04-01T00:00:00Z" },
    ];
    const rows = [row(1, "OW"), masked(2), ...flagged, { id: 1, user: { id: 5, email: "" } }, row(6, "DI")];
    await onBench(serving(rows, 2, everybody), async ({ target }) => {
      expect(ids(await all(target.observe()))).toEqual([1, 6]);
    });
  });

  const partial: readonly (readonly [string, Reply])[] = [
    ["an empty page", page(4, [])],
    ["a 404", { status: 404, text: "<html>not found</html>" }],
    ["no count", { json: { results: [row(3, "AN")] } }],
    ["count as text", { json: { count: "4", results: [row(3, "AN")] } }],
    ["no results", { json: { count: 4 } }],
    ["a plain array", { json: [row(3, "AN")] }],
    ["no body", { status: 204 }],
    ["a row without user id", page(4, [row(3, "AN"), { id: 4, user: { email: "x@acme.example" } }])],
    ["a row with a user id as text", page(4, [{ id: 4, user: { id: "4", email: "x@acme.example" } }])],
  ];

  test.each(partial)("%s on page 2 of a longer list is TARGET_UNAVAILABLE", async (_name, second) => {
    const script: Script = ({ query }) => (query["page"] === "1" ? page(4, [row(1, "OW"), row(2, "AN")]) : second);
    await onBench(script, async ({ target }) => {
      await expect(all(target.observe())).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
    });
  });

  test("the newest count counts", async () => {
    const script: Script = ({ query }) =>
      query["page"] === "1" ? page(3, [row(1, "OW"), row(2, "AN")]) : page(4, [row(3, "AN"), row(4, "RE")]);
    await onBench(script, async ({ target }) => {
      expect(ids(await all(target.observe()))).toEqual([1, 2, 3, 4]);
    });
  });

  test("an organisation that does not exist is not an empty one", async () => {
    const script: Script = () => ({ status: 404, text: "<html>not found</html>" });
    await onBench(script, async ({ target }) => {
      await expect(all(target.observe())).rejects.toMatchObject({ code: "TARGET_REFUSED" });
    });
  });

  test("reads rows of November 2025, of May 2026 and of the Community Edition", async () => {
    const user = { id: 1, email: "Kim.Lee@ACME.example", username: "kim" };
    const rows = [
      { id: 1, organization: 1, role: "AN", user },
      { ...row(2, "VO"), user_type: "viewonly", role_source: "scim" },
      { id: 3, organization: 1, user: { ...user, id: 3 } },
      { ...row(4, "ZZ"), role_source: null },
    ];
    await onBench(serving(rows, 10, everybody), async ({ target }) => {
      expect(await all(target.observe())).toEqual([
        { userId: 1, email: "kim.lee@acme.example", role: "AN", firstName: "", lastName: "" },
        {
          userId: 2,
          email: "p2@acme.example",
          role: "VO",
          roleSource: "scim",
          userType: "viewonly",
          firstName: "Kim",
          lastName: "Lee",
          tags: [],
        },
        { userId: 3, email: "kim.lee@acme.example", firstName: "", lastName: "" },
        {
          userId: 4,
          email: "p4@acme.example",
          role: "ZZ",
          userType: "standard",
          firstName: "Kim",
          lastName: "Lee",
          tags: [],
        },
      ]);
    });
  });
});

describe("findByEmail", () => {
  const rows = [row(1, "AN", "xa@acme.example"), row(2, "AN", "a@acme.example.org"), row(3, "RE", "A@ACME.example")];

  test("compares the whole address, page after page", async () => {
    await onBench(serving(rows, 1, searched), async ({ target, upstream }) => {
      await expect(target.findByEmail("a@acme.example", "grant")).resolves.toMatchObject({ userId: 3 });
      expect(upstream.received).toHaveLength(3);
      expect(upstream.received[0]?.query).toEqual({ search: "a@acme.example", page: "1", page_size: "100" });
    });
  });

  test("finds nobody when a complete read has nobody", async () => {
    await onBench(serving(rows.slice(0, 2), 1, searched), async ({ target }) => {
      await expect(target.findByEmail("a@acme.example", "grant")).resolves.toBeUndefined();
    });
  });

  test("a server that ignores the filter changes nothing", async () => {
    await onBench(serving(rows, 2, everybody), async ({ target }) => {
      await expect(target.findByEmail("a@acme.example", "grant")).resolves.toMatchObject({ userId: 3 });
      await expect(target.findByEmail("b@acme.example", "grant")).resolves.toBeUndefined();
    });
  });

  test("a failed search is never nobody", async () => {
    const script: Script = () => refusalOf(500, "boom");
    await onBench(script, async ({ target, drive }) => {
      await expect(drive(target.findByEmail("a@acme.example", "grant"))).rejects.toMatchObject({
        code: "TARGET_UNAVAILABLE",
      });
    });
  });
});

describe("findById", () => {
  const rows = [row(1, "AN"), row(2, "RE", "renamed@acme.example"), masked(3)];
  const withDetail =
    (status: number): Script =>
    (request, nth) =>
      request.path === LIST
        ? serving(rows, 10, searched)(request, nth)
        : { status, json: { user: 2, organization: 1 } };

  test("by the address in one call", async () => {
    await onBench(withDetail(200), async ({ target, upstream }) => {
      await expect(target.findById(1, "p1@acme.example", "leaver")).resolves.toMatchObject({ userId: 1 });
      expect(upstream.received).toHaveLength(1);
    });
  });

  test.each([200, 403])("an account whose address was changed is found (detail answers %d)", async (status) => {
    await onBench(withDetail(status), async ({ target, upstream }) => {
      await expect(target.findById(2, "old@acme.example", "leaver")).resolves.toMatchObject({ role: "RE" });
      expect(upstream.received.map(({ path }) => path)).toEqual([LIST, `${LIST}/2/`, LIST]);
    });
  });

  test("somebody else with the address is not the one; a soft-deleted row is nobody", async () => {
    await onBench(withDetail(404), async ({ target }) => {
      await expect(target.findById(9, "p1@acme.example", "leaver")).resolves.toBeUndefined();
    });
    await onBench(withDetail(200), async ({ target }) => {
      await expect(target.findById(3, "p3@acme.example", "leaver")).resolves.toBeUndefined();
    });
  });
});

test("owners are filtered on the server and again here", async () => {
  const rows = [row(1, "OW"), row(2, "AD"), row(3, "OW")];
  await onBench(serving(rows, 1, everybody), async ({ target, upstream }) => {
    expect(ids(await target.owners("leaver"))).toEqual([1, 3]);
    expect(upstream.received[0]?.query).toEqual({ role: "OW", page: "1", page_size: "500" });
  });
});
