import { describe, expect, test } from "@jest/globals";
import type { Assignable } from "../../src/membership/index.js";
import { onBench, page, refusalOf, type Received, type Reply, type Script } from "./upstream.js";

const ALL = "/api/workspaces/";
const MEMBERS = "/api/workspaces/5/memberships/";
const BULK = `${MEMBERS}bulk/`;
const PAGINATED = `${MEMBERS}paginated/`;
const NOT_FOUND: Reply = { status: 404, text: "<html>not found</html>" };
const NOTHING = { ids: [], names: [] };
const VISION: Assignable = { kind: "workspace", id: 5, name: "Vision" };
const user = (id: number): object => ({ id, email: `p${id}@acme.example` });
const joining = (...userIds: readonly number[]) => ({ kind: "join-workspace", of: VISION, userIds }) as const;
const leaving = (...userIds: readonly number[]) => ({ kind: "leave-workspace", of: VISION, userIds }) as const;
const calls = (received: readonly Received[]): readonly string[] =>
  received.map(({ method, path }) => `${method} ${path}`);

/** Everything but reads is answered by `change`; `inside` are the members. */
const answering =
  (change: (request: Received) => Reply, inside: () => readonly number[]): Script =>
  (request) =>
    request.method === "GET" ? page(inside().length, inside().map(user)) : change(request);

describe("the list of workspaces", () => {
  test("asks for all, and leaves out personal and archived ones here", async () => {
    const rows = [
      { id: 5, title: "Vision", is_personal: false, is_archived: false },
      { id: 6, title: "Mine", is_personal: true },
      { id: 7, title: "Old", is_archived: true },
      { id: 8, title: "vision" },
    ];
    await onBench(
      () => ({ json: rows }),
      async ({ target, upstream }) => {
        expect(await target.assignables("workspace", NOTHING, "sweep")).toEqual([
          VISION,
          { ...VISION, id: 8, name: "vision" },
        ]);
        expect(upstream.received[0]).toMatchObject({ path: ALL, query: { include_all_workspaces: "true" } });
      },
    );
  });

  test.each<[string, Reply, unknown]>([
    ["in HTML 404 is no such thing", NOT_FOUND, undefined],
    ["without any is empty", { json: [] }, []],
  ])("%s", async (_name, reply, expected) => {
    await onBench(
      () => reply,
      async ({ target }) => expect(await target.assignables("workspace", NOTHING, "sweep")).toEqual(expected),
    );
  });

  test.each<[string, Reply, string]>([
    ["that may not be seen", refusalOf(403, "No."), "TARGET_REFUSED"],
    ["that is none", { json: { detail: "?" } }, "TARGET_UNAVAILABLE"],
    ["with a row without id", { json: [{ title: "Vision" }] }, "TARGET_UNAVAILABLE"],
    ["behind a log-in page", { text: "<html>log in</html>" }, "TARGET_UNAVAILABLE"],
  ])("%s is an error", async (_name, reply, code) => {
    await onBench(
      () => reply,
      async ({ target, drive }) => {
        await expect(drive(target.assignables("workspace", NOTHING, "sweep"))).rejects.toMatchObject({ code });
      },
    );
  });
});

describe("who is in a workspace", () => {
  test.each<[string, Reply]>([
    ["404", NOT_FOUND],
    ["405", { status: 405, json: { detail: 'Method "GET" not allowed.' } }],
  ])("is read by pages, and all at once where there are none (%s); which is remembered", async (_status, none) => {
    const script: Script = ({ path }) =>
      path === PAGINATED ? none : { json: [1, 2].map((id) => ({ user: user(id), workspace: 5 })) };
    await onBench(script, async ({ target, upstream }) => {
      for (const time of [1, 2])
        expect([time, await target.assignees(VISION, "sweep")]).toEqual([time, [{ userId: 1 }, { userId: 2 }]]);
      expect(calls(upstream.received)).toEqual([`GET ${PAGINATED}`, `GET ${MEMBERS}`, `GET ${MEMBERS}`]);
    });
  });

  test.each<[string, Reply]>([
    ["a page that is empty too early", page(3, [])],
    ["a page that is not there", NOT_FOUND],
    ["a row without id", page(3, [{ email: "x@acme.example" }])],
  ])("%s is never the end", async (_name, second) => {
    const script: Script = ({ query }) => (query["page"] === "1" ? page(3, [user(1), user(2)]) : second);
    await onBench(script, async ({ target }) => {
      await expect(target.assignees(VISION, "sweep")).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
    });
  });

  test("of a workspace that is gone is an error, not nobody", async () => {
    await onBench(
      () => NOT_FOUND,
      async ({ target }) => {
        await expect(target.assignees(VISION, "sweep")).rejects.toMatchObject({ code: "TARGET_REFUSED" });
      },
    );
  });
});

describe("in bulk", () => {
  test("one call is enough when the number is right", async () => {
    const script = answering(
      ({ method }) => ({ json: method === "POST" ? { assignments: 2 } : { unassignments: 2 } }),
      () => [],
    );
    await onBench(script, async ({ target, upstream }) => {
      expect(await target.assign(joining(1, 2), "grant")).toEqual({ done: [1, 2], refused: [] });
      expect(await target.assign(leaving(1, 2), "leaver")).toEqual({ done: [1, 2], refused: [] });
      expect(upstream.received.map(({ method, path, query, body }) => ({ method, path, query, body }))).toEqual([
        { method: "POST", path: BULK, query: {}, body: { all: false, included: [1, 2] } },
        {
          method: "DELETE",
          path: BULK,
          query: { all: "false", included: "1,2" },
          body: { all: false, included: [1, 2] },
        },
      ]);
    });
  });

  test("the ids of a DELETE fit into a URL", async () => {
    const lengths: number[] = [];
    const script = answering(
      ({ query }) => {
        const ids = (query["included"] ?? "").split(",");
        lengths.push(ids.length);
        return { json: { unassignments: ids.length } };
      },
      () => [],
    );
    await onBench(script, async ({ target }) => {
      await target.assign(leaving(...Array.from({ length: 450 }, (_, at) => 1_000_000 + at)), "leaver");
      expect(lengths).toEqual([200, 200, 50]);
    });
  });

  test.each<[string, Reply]>([
    ["a smaller number", { json: { assignments: 1 } }],
    ["no number", { json: {} }],
    ["an empty body", { status: 201 }],
    ["skipped ids", { json: { assignments: 2, skipped_user_ids: [2] } }],
  ])("%s is looked into", async (_name, reply) => {
    await onBench(
      answering(
        () => reply,
        () => [1, 9],
      ),
      async ({ target }) => {
        expect(await target.assign(joining(1, 2), "grant")).toEqual({
          done: [1],
          refused: [
            {
              userId: 2,
              message: "workspaces.join: Label Studio answered 2xx, but user 2 is not in it",
              reason: "workspaces.join:200:is not in it",
            },
          ],
        });
      },
    );
  });

  test("a removal that is reported as an error and has succeeded is a success", async () => {
    for (const reply of [refusalOf(500, "Oops"), refusalOf(400, "Oops")]) {
      await onBench(
        answering(
          () => reply,
          () => [9],
        ),
        async ({ target }) => {
          expect(await target.assign(leaving(1, 2), "leaver")).toEqual({ done: [1, 2], refused: [] });
        },
      );
    }
  });

  test("a removal whose answer is lost is looked at, and one that failed is an error", async () => {
    let inside = [1, 9];
    const script: Script = (request) => {
      if (request.method === "GET") return page(inside.length, inside.map(user));
      return (response) => response.socket?.destroy();
    };
    await onBench(script, async ({ target }) => {
      await expect(target.assign(leaving(1), "leaver")).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
      inside = [9];
      expect(await target.assign(leaving(1), "leaver")).toEqual({ done: [1], refused: [] });
    });
  });

  test("a 403 is everybody's and is not looked into", async () => {
    await onBench(
      answering(
        () => refusalOf(403, "Manual workspace management is disabled."),
        () => [],
      ),
      async ({ target, upstream }) => {
        for (const assignment of [joining(1, 2), leaving(1, 2)])
          await expect(target.assign(assignment, "grant")).rejects.toMatchObject({
            code: "TARGET_REFUSED",
            message: expect.stringContaining("Manual workspace management is disabled."),
            facts: { reason: expect.stringMatching(/^workspaces\.(join|leave):403:Manual workspace management/) },
          });
        expect(upstream.received).toHaveLength(2);
      },
    );
  });

  test("who is refused and is in it all the same is done", async () => {
    await onBench(
      answering(
        () => refusalOf(400, "already a member"),
        () => [1],
      ),
      async ({ target }) => {
        const { done, refused } = await target.assign(joining(1, 2), "grant");
        expect([done, refused.map(({ userId }) => userId)]).toEqual([[1], [2]]);
      },
    );
  });
});

describe("one by one", () => {
  test.each([404, 405])("where the bulk call answers %d: found out once", async (status) => {
    const inside = new Set([3]);
    const script: Script = ({ method, path, body }) => {
      if (path === BULK) return { status, text: "<html></html>" };
      if (method === "GET") return page(inside.size, [...inside].map(user));
      const { user: id = 0 } = body as { user?: number };
      if (method === "DELETE") return { status: inside.delete(id) ? 204 : 404 };
      inside.add(id);
      return { json: { user: id, workspace: 5 } };
    };
    await onBench(script, async ({ target, upstream }) => {
      expect(await target.assign(joining(1, 3), "grant")).toEqual({ done: [3, 1], refused: [] });
      expect(await target.assign(leaving(1, 2), "grant")).toEqual({ done: [2, 1], refused: [] });
      expect([...inside]).toEqual([3]);
      expect(upstream.received.filter(({ path }) => path === BULK)).toHaveLength(1);
      expect(upstream.received.at(-1)).toMatchObject({ query: { user_id: "1" }, body: { user_id: 1, user: 1 } });
    });
  });

  test("a workspace that is gone does not make the bulk call look missing", async () => {
    let gone = true;
    const script: Script = ({ method }) =>
      gone ? NOT_FOUND : method === "GET" ? page(0, []) : { json: { assignments: 1 } };
    await onBench(script, async ({ target, upstream }) => {
      await expect(target.assign(joining(1), "grant")).rejects.toMatchObject({ code: "TARGET_REFUSED" });
      gone = false;
      expect(await target.assign(joining(1), "grant")).toEqual({ done: [1], refused: [] });
      expect(calls(upstream.received).at(-1)).toBe(`POST ${BULK}`);
    });
  });

  test("one bad id blocks no other", async () => {
    const inside = new Set<number>();
    const script: Script = ({ method, path, body }) => {
      if (path === BULK) return NOT_FOUND;
      if (method === "GET") return page(inside.size, [...inside].map(user));
      const { user: id = 0 } = body as { user?: number };
      if (id === 2) return refusalOf(400, "Validation error", { user: ['Invalid pk "2"'] });
      inside.add(id);
      return { status: 201, json: {} };
    };
    await onBench(script, async ({ target }) => {
      const { done, refused } = await target.assign(joining(1, 2, 3), "grant");
      expect([done, refused]).toEqual([
        [1, 3],
        [{ userId: 2, message: expect.any(String), reason: expect.stringContaining("workspaces.join:400:") }],
      ]);
    });
  });
});
