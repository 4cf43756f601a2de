import { describe, expect, test } from "@jest/globals";
import type { Assignable } from "../../src/membership/index.js";
import { onBench, page, refusalOf, row, type Received, type Reply, type Script } from "./upstream.js";

const LIST = "/api/organizations/1/member-tags";
const ASSIGN = `${LIST}/assignments`;
const MEMBERS = "/api/organizations/1/memberships";
const NOT_FOUND: Reply = { status: 404, text: "<html>not found</html>" };
const NOTHING = { ids: [], names: [] };
const tag = (id: number, label = `tag ${id}`): object => ({ id, label, member_count: 0 });
const NIGHT: Assignable = { kind: "tag", id: 10, name: "night" };
const DAY: Assignable = { kind: "tag", id: 11, name: "day" };

const tagged = (id: number, ...tags: readonly number[]): object => ({
  ...row(id, "AN"),
  tags: tags.map((tagId) => tag(tagId)),
});
const included = ({ body }: Received): readonly number[] => (body as { included: readonly number[] }).included;

/** The assignment is answered by `assign`, the list of members shows `members`. */
const answering =
  (assign: (request: Received) => Reply, members: readonly object[] = []): Script =>
  (request) =>
    request.path === ASSIGN ? assign(request) : page(members.length, members);

describe("the list of tags", () => {
  test("is read by pages of 100 until all are seen", async () => {
    const tags = Array.from({ length: 250 }, (_, index) => tag(index + 1));
    const script: Script = ({ query }) => {
      const from = (Number(query["page"]) - 1) * 100;
      return page(tags.length, tags.slice(from, from + Number(query["page_size"])));
    };
    await onBench(script, async ({ target, upstream }) => {
      expect(await target.assignables("tag", NOTHING, "sweep")).toHaveLength(250);
      expect(upstream.received.map(({ query }) => query["page_size"])).toEqual(["100", "100", "100"]);
    });
  });

  const partial: readonly (readonly [string, Reply])[] = [
    ["an empty page", page(3, [])],
    ["a 404", NOT_FOUND],
    ["a tag without label", page(3, [{ id: 3 }])],
    ["no count", { json: { results: [tag(3)] } }],
  ];
  test.each(partial)("%s on page 2 of a longer list is never the end of it", async (_name, second) => {
    const script: Script = ({ query }) => (query["page"] === "1" ? page(3, [tag(1), tag(2)]) : second);
    await onBench(script, async ({ target }) => {
      const read = target.assignables("tag", NOTHING, "sweep");
      await expect(read).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
    });
  });

  test("that is not there is no list, and one that may not be seen is refused", async () => {
    await onBench(
      () => NOT_FOUND,
      async ({ target }) => expect(await target.assignables("tag", NOTHING, "sweep")).toBeUndefined(),
    );
    await onBench(
      () => refusalOf(403, "Members 17 may not."),
      async ({ target }) => {
        await expect(target.assignables("tag", NOTHING, "sweep")).rejects.toMatchObject({
          code: "TARGET_REFUSED",
          facts: { reason: "tags.list:403:Members <n> may not." },
        });
      },
    );
  });

  test("is tried again after 5xx", async () => {
    const script: Script = (_request, nth) => (nth < 3 ? refusalOf(502, "Bad Gateway") : page(1, [tag(10, "night")]));
    await onBench(script, async ({ target, drive }) => {
      expect(await drive(target.assignables("tag", NOTHING, "sweep"))).toEqual([NIGHT]);
    });
  });
});

describe("new tags", () => {
  test("are made at once, and read back", async () => {
    let made: readonly string[] = [];
    const script: Script = ({ method, body }) => {
      if (method === "GET")
        return page(made.length + 1, [tag(1, "Night"), ...made.map((label, at) => tag(at + 2, label))]);
      made = (body as { labels: readonly string[] }).labels;
      return { status: 201, json: { created: made.length } };
    };
    await onBench(script, async ({ target }) => {
      const found = await target.createAssignables("tag", [" night", "day ", "dusk", "DAY"], "grant");
      expect(found.map(({ name }) => name)).toEqual(["Night", "DAY", "dusk"]);
    });
  });

  test("are made one by one after a 400, so that a bad one blocks no other, and its refusal is told", async () => {
    const tags = [tag(1, "night")];
    const script: Script = ({ method, path, body }) => {
      if (method === "GET") return page(tags.length, tags);
      const { label = "" } = body as { label?: string };
      if (path.endsWith("/bulk") || label === "bad") return refusalOf(400, "Validation error", { label: ["No."] });
      tags.push(tag(tags.length + 1, label));
      return { status: 201, json: tags.at(-1) };
    };
    await onBench(script, async ({ target }) => {
      const made = target.createAssignables("tag", ["bad", "good"], "grant");
      await expect(made).rejects.toMatchObject({ code: "TARGET_REFUSED", message: expect.stringContaining("No.") });
      expect(tags).toHaveLength(2);
    });
  });

  test("that somebody else made meanwhile are there all the same", async () => {
    const script: Script = ({ method }, nth) => {
      if (method === "POST") return refusalOf(400, "Validation error", { label: ["already exists"] });
      return nth === 1 ? page(0, []) : page(1, [tag(10, "night")]);
    };
    await onBench(script, async ({ target }) => {
      expect(await target.createAssignables("tag", ["Night"], "grant")).toEqual([NIGHT]);
    });
  });

  test("that are not listed afterwards are no success", async () => {
    const script: Script = ({ method }) => (method === "GET" ? page(0, []) : { status: 201, json: tag(10) });
    await onBench(script, async ({ target }) => {
      const made = target.createAssignables("tag", ["Night"], "grant");
      await expect(made).rejects.toMatchObject({ code: "TARGET_REFUSED" });
    });
  });
});

describe("assignments", () => {
  test("never say all, name each user once, and need no second look when the number of links is right", async () => {
    const script = answering((request) => ({ json: { assigned: included(request).length * 2 } }));
    await onBench(script, async ({ target, upstream }) => {
      const assignment = { kind: "set-tags", tags: [NIGHT, DAY], userIds: [1, 2, 2, 3] } as const;
      expect(await target.assign(assignment, "grant")).toEqual({ done: [1, 2, 3], refused: [] });
      expect(upstream.received.map(({ body }) => body)).toEqual([
        { all: false, included: [1, 2, 3], excluded: [], tags: [10, 11], overwrite: true },
      ]);
    });
  });

  test("go out for a thousand people at a time", async () => {
    const sizes: number[] = [];
    const script = answering((request) => {
      sizes.push(included(request).length);
      return { json: { assigned: included(request).length } };
    });
    await onBench(script, async ({ target }) => {
      const userIds = Array.from({ length: 2_100 }, (_, at) => at + 1);
      const { done } = await target.assign({ kind: "add-tags", tags: [NIGHT], userIds }, "grant");
      expect([done.length, sizes]).toEqual([2_100, [1_000, 1_000, 100]]);
    });
  });

  const unconfirmed: readonly (readonly [string, Reply])[] = [
    ["another number", { json: { assigned: 1 } }],
    ["no number", { json: {} }],
    ["nothing", { status: 204 }],
  ];
  test.each(unconfirmed)("answered with %s are looked at: who has the tags is done", async (_name, reply) => {
    const members = [tagged(1, 10, 12), tagged(2, 12), tagged(3, 10)];
    await onBench(
      answering(() => reply, members),
      async ({ target, upstream }) => {
        const adding = { kind: "add-tags", tags: [NIGHT], userIds: [1, 2, 3] } as const;
        expect(await target.assign(adding, "grant")).toMatchObject({ done: [1, 3], refused: [{ userId: 2 }] });
        const setting = { ...adding, kind: "set-tags" } as const;
        const { done, refused } = await target.assign(setting, "grant");
        expect(done).toEqual([3]);
        expect(refused.map(({ reason }) => reason)).toEqual(
          Array(2).fill("tags.assign:200:does not have exactly these tags"),
        );
        expect(upstream.received[1]).toMatchObject({ path: MEMBERS, query: { tags: "10" } });
      },
    );
  });

  test("that take everything away are always looked at, in the whole list", async () => {
    const members = [tagged(1), tagged(2, 12)];
    await onBench(
      answering(() => ({ json: { assigned: 0 } }), members),
      async ({ target, upstream }) => {
        const assignment = { kind: "set-tags", tags: [], userIds: [1, 2] } as const;
        expect(await target.assign(assignment, "grant")).toMatchObject({ done: [1], refused: [{ userId: 2 }] });
        expect(upstream.received[1]?.query).toEqual({ page: "1", page_size: "500" });
      },
    );
  });

  test("that cannot be looked at are neither done nor refused", async () => {
    const silent = { ...tagged(1), tags: undefined };
    for (const members of [[silent], []] as const) {
      const script: Script = ({ path }) => (path === ASSIGN ? { json: {} } : page(1, members));
      await onBench(script, async ({ target }) => {
        const assigned = target.assign({ kind: "add-tags", tags: [NIGHT], userIds: [1] }, "grant");
        await expect(assigned).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
      });
    }
  });

  test("with one bad id of a thousand are halved until only that one is refused", async () => {
    const script = answering((request) =>
      included(request).includes(7)
        ? refusalOf(400, "Validation error", { included: ['Invalid pk "7"'] })
        : { json: { assigned: included(request).length } },
    );
    await onBench(script, async ({ target, upstream }) => {
      const userIds = Array.from({ length: 1_000 }, (_, at) => at + 1);
      const { done, refused } = await target.assign({ kind: "add-tags", tags: [NIGHT], userIds }, "grant");
      expect(done).toHaveLength(999);
      expect(refused).toEqual([
        {
          userId: 7,
          message: expect.stringContaining('Invalid pk "7"'),
          reason: 'tags.assign:400:Validation error: included: Invalid pk "<n>"',
        },
      ]);
      expect(upstream.received.length).toBeLessThan(25);
    });
  });

  test("that are refused for everybody take a bounded number of calls", async () => {
    const script = answering(() => refusalOf(400, "Validation error", { tags: ["gone"] }));
    await onBench(script, async ({ target, upstream }) => {
      const userIds = Array.from({ length: 1_000 }, (_, at) => at + 1);
      const { done, refused } = await target.assign({ kind: "add-tags", tags: [NIGHT], userIds }, "grant");
      expect([done.length, refused.length]).toEqual([0, 1_000]);
      expect(upstream.received.length).toBeLessThan(80);
    });
  });

  test.each([
    [403, "TARGET_REFUSED"],
    [404, "TARGET_REFUSED"],
    [500, "TARGET_UNAVAILABLE"],
  ])("refused with %d are refused for all, without another call", async (status, code) => {
    await onBench(
      answering(() => refusalOf(status, "No.")),
      async ({ target, upstream }) => {
        const assigned = target.assign({ kind: "add-tags", tags: [NIGHT], userIds: [1, 2] }, "grant");
        await expect(assigned).rejects.toMatchObject({ code });
        expect(upstream.received).toHaveLength(1);
      },
    );
  });

  test("whose answer was lost are not sent again blindly", async () => {
    const script: Script = () => (response) => response.socket?.destroy();
    await onBench(script, async ({ target, upstream }) => {
      const assigned = target.assign({ kind: "set-tags", tags: [NIGHT], userIds: [1] }, "grant");
      await expect(assigned).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
      expect(upstream.received).toHaveLength(1);
    });
  });

  test("of what is no id are not sent", async () => {
    await onBench(
      () => ({ json: {} }),
      async ({ target, upstream }) => {
        for (const userIds of [[0], [1.5], [Number.NaN]])
          await expect(target.assign({ kind: "add-tags", tags: [NIGHT], userIds }, "grant")).rejects.toMatchObject({
            code: "TARGET_REFUSED",
          });
        expect(upstream.received).toEqual([]);
      },
    );
  });
});
