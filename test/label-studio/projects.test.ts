import { describe, expect, test } from "@jest/globals";
import type { Assignable, ProjectRole } from "../../src/membership/index.js";
import { onBench, page, refusalOf, type Received, type Reply, type Script } from "./upstream.js";

const ALL = "/api/projects/";
const MEMBERS = "/api/projects/42/members/";
const BULK = `${MEMBERS}bulk/`;
const ROLES = "/api/projects/42/roles";
const ROLE = "/api/projects/roles/";
const NOT_FOUND: Reply = { status: 404, text: "<html>not found</html>" };
const STREET: Assignable = { kind: "project", id: 42, name: "Street scenes" };
const joining = (role: ProjectRole, ...userIds: readonly number[]) =>
  ({ kind: "join-project", of: STREET, role, userIds }) as const;
const leaving = (...userIds: readonly number[]) => ({ kind: "leave-project", of: STREET, userIds }) as const;

interface RoleRow {
  readonly id: number;
  readonly user: number;
  readonly role: string;
}

interface Sent {
  readonly included?: number[];
  readonly user?: number;
  readonly role?: string;
}

/** A project with members and roles; `bulk` and `single` spoil its answers. */
function project(
  inside: readonly number[],
  roles: RoleRow[],
  answer: (request: Received) => Reply | undefined = () => undefined,
): Script {
  const members = new Set(inside);
  return (request) => {
    const { method, path, body, query } = request;
    const own = answer(request);
    if (own !== undefined) return own;
    const { included = [], user = 0, role = "" } = (body ?? {}) as Sent;
    if (path === ROLES) return { json: roles };
    if (path === `${MEMBERS}paginated/`)
      return page(
        members.size,
        [...members].map((id) => ({ id })),
      );
    if (path === BULK && method === "POST") {
      included.forEach((id) => members.add(id));
      return { json: { assignments: included.length, skipped_user_ids: [] } };
    }
    if (path === BULK) {
      included.forEach((id) => members.delete(id));
      return { json: { unassignments: included.length } };
    }
    if (path === MEMBERS && method === "POST") return { status: 201, json: { user: members.add(user) && user } };
    if (path === MEMBERS) return { status: members.delete(Number(query["user"])) ? 204 : 404 };
    if (path === ROLE) return { status: 201, json: roles.at(roles.push({ id: 90 + roles.length, user, role }) - 1) };
    const at = roles.findIndex(({ id }) => path === `${ROLE}${id}/`);
    if (at >= 0) roles.splice(at, 1);
    return at >= 0 ? { status: 204 } : NOT_FOUND;
  };
}

const writes = (received: readonly Received[]): readonly string[] =>
  received.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);

describe("the list of projects", () => {
  const rows = [
    { id: 42, title: "Street scenes" },
    { id: 43, title: "Street scenes at night" },
    { id: 44, title: " street SCENES" },
  ];

  test("is asked by ids and by title, and compared here whatever the server makes of it", async () => {
    await onBench(
      () => page(rows.length, rows),
      async ({ target, upstream }) => {
        const found = await target.assignables("project", { ids: [43, 99], names: ["street scenes "] }, "sweep");
        expect(found?.map(({ id }) => id)).toEqual([43, 42, 44]);
        expect(upstream.received.map(({ path, query }) => [path, query["ids"], query["title"]])).toEqual([
          [ALL, "43,99", undefined],
          [ALL, undefined, "street scenes"],
        ]);
      },
    );
  });

  test("is no call when nothing is wanted, and no list where there is none", async () => {
    await onBench(
      () => NOT_FOUND,
      async ({ target, upstream }) => {
        expect(await target.assignables("project", { ids: [], names: [] }, "sweep")).toEqual([]);
        expect(upstream.received).toEqual([]);
        expect(await target.assignables("project", { ids: [42], names: [] }, "sweep")).toBeUndefined();
      },
    );
  });

  test("that is partial, or refused, is an error", async () => {
    const partial: Script = ({ query }) => (query["page"] === "1" ? page(4, rows) : page(4, []));
    for (const [script, code] of [
      [partial, "TARGET_UNAVAILABLE"],
      [() => refusalOf(403, "No."), "TARGET_REFUSED"],
    ] as const)
      await onBench(script, async ({ target }) => {
        const found = target.assignables("project", { ids: [42], names: [] }, "sweep");
        await expect(found).rejects.toMatchObject({ code });
      });
  });
});

test("who is in a project are its explicit members, with their own roles", async () => {
  const people = [
    { id: 1, implicit_member: false, project_role: null },
    { id: 2, implicit_member: true },
    { id: 3, project_role: "RE" },
  ];
  const script: Script = ({ path }) =>
    path === ROLES ? { json: [{ id: 9, user: 3, project: 42, role: "RE" }] } : page(people.length, people);
  await onBench(script, async ({ target, upstream }) => {
    expect(await target.assignees(STREET, "sweep")).toEqual([{ userId: 1 }, { userId: 3, role: "RE" }]);
    expect(upstream.received[0]?.query).toMatchObject({ implicit: "false" });
  });
});

describe("joining", () => {
  test("takes one call with the roles, and a look at them", async () => {
    const roles: RoleRow[] = [];
    const script = project([], roles, ({ path, body }) => {
      if (path !== BULK) return undefined;
      for (const { user_id: user } of (body as { roles: { user_id: number }[] }).roles)
        roles.push({ id: user, user, role: "RE" });
      return { json: { assignments: 2 } };
    });
    await onBench(script, async ({ target, upstream }) => {
      expect(await target.assign(joining("RE", 1, 2), "grant")).toEqual({ done: [1, 2], refused: [] });
      expect(upstream.received.map(({ path, body }) => [path, body])).toEqual([
        [BULK, { all: false, included: [1, 2], roles: [1, 2].map((user_id) => ({ user_id, role: "RE" })) }],
        [ROLES, undefined],
      ]);
    });
  });

  test("gives the roles afterwards where the bulk call knows none, and replaces another one", async () => {
    const roles = [
      { id: 7, user: 2, role: "AN" },
      { id: 8, user: 3, role: "RE" },
      { id: 9, user: 4, role: "AN" },
    ];
    await onBench(project([2], roles), async ({ target, upstream }) => {
      expect(await target.assign(joining("RE", 1, 2, 3), "grant")).toEqual({ done: [1, 2, 3], refused: [] });
      expect(writes(upstream.received)).toEqual([`POST ${BULK}`, `POST ${ROLE}`, `DELETE ${ROLE}7/`, `POST ${ROLE}`]);
      expect(roles.map(({ user, role }) => [user, role]).sort()).toEqual([
        [1, "RE"],
        [2, "RE"],
        [3, "RE"],
        [4, "AN"],
      ]);
    });
  });

  test("with the role of the organisation takes a role of its own away, and names none", async () => {
    const roles = [{ id: 7, user: 2, role: "AN" }];
    await onBench(project([2], roles), async ({ target, upstream }) => {
      expect(await target.assign(joining("inherit", 1, 2), "grant")).toEqual({ done: [1, 2], refused: [] });
      expect(upstream.received[0]?.body).toEqual({ all: false, included: [1, 2] });
      expect(roles).toEqual([]);
    });
  });

  test("who is skipped is refused, and the others get their roles", async () => {
    const skipping = ({ path }: Received): Reply | undefined =>
      path === BULK ? { json: { assignments: 1, skipped_user_ids: [2] } } : undefined;
    await onBench(project([1], [], skipping), async ({ target, upstream }) => {
      const { done, refused } = await target.assign(joining("RE", 1, 2), "grant");
      expect([done, refused.map(({ userId, reason }) => [userId, reason])]).toEqual([
        [1],
        [[2, "projects.join:200:is not in it"]],
      ]);
      expect(upstream.received[1]?.query).toMatchObject({ ids: "1,2", implicit: "false" });
    });
  });

  test("a role that is refused is refused for that one alone", async () => {
    const refusing = ({ path, body }: Received): Reply | undefined =>
      path === ROLE && (body as { user: number }).user === 1
        ? refusalOf(400, "Validation error", { role: ["No project role for a Manager."] })
        : undefined;
    await onBench(project([], [], refusing), async ({ target }) => {
      const { done, refused } = await target.assign(joining("RE", 1, 2), "grant");
      expect(done).toEqual([2]);
      expect(refused).toMatchObject([{ userId: 1, reason: expect.stringContaining("No project role for a Manager.") }]);
    });
  });

  test("a role that is answered 2xx and is not there is refused", async () => {
    const ignoring = ({ path }: Received): Reply | undefined => (path === ROLE ? { status: 201, json: {} } : undefined);
    await onBench(project([], [], ignoring), async ({ target }) => {
      expect((await target.assign(joining("RE", 1), "grant")).refused).toMatchObject([
        { userId: 1, reason: "projects.role.add:200:does not have the project role RE" },
      ]);
    });
  });

  test("one by one where there is no bulk call", async () => {
    const older = ({ path }: Received): Reply | undefined => (path === BULK ? NOT_FOUND : undefined);
    const roles: RoleRow[] = [];
    await onBench(project([3], roles, older), async ({ target, upstream }) => {
      const { done } = await target.assign(joining("RE", 1, 3), "grant");
      expect([...done].sort()).toEqual([1, 3]);
      await target.assign(joining("inherit", 4), "grant");
      expect(upstream.received.filter(({ path }) => path === BULK)).toHaveLength(1);
      expect(roles.map(({ user }) => user).sort()).toEqual([1, 3]);
    });
  });

  test.each([403, 500])("a %d is everybody's", async (status) => {
    const script = project([], [], ({ path }) => (path === BULK ? refusalOf(status, "No.") : undefined));
    await onBench(script, async ({ target, upstream }) => {
      const code = status === 403 ? "TARGET_REFUSED" : "TARGET_UNAVAILABLE";
      await expect(target.assign(joining("RE", 1, 2), "grant")).rejects.toMatchObject({ code });
      expect(upstream.received).toHaveLength(1);
    });
  });
});

describe("leaving", () => {
  test("takes the role away, too", async () => {
    const roles = [
      { id: 7, user: 1, role: "AN" },
      { id: 8, user: 3, role: "RE" },
    ];
    await onBench(project([1, 3], roles), async ({ target, upstream }) => {
      expect(await target.assign(leaving(1, 2), "leaver")).toEqual({ done: [1, 2], refused: [] });
      expect(roles.map(({ id }) => id)).toEqual([8]);
      expect(writes(upstream.received)).toEqual([`DELETE ${BULK}`, `DELETE ${ROLE}7/`]);
    });
  });

  test("one by one in the query and in the body; who is out is out", async () => {
    const older = ({ path }: Received): Reply | undefined => (path === BULK ? { status: 405, json: {} } : undefined);
    await onBench(project([1], [], older), async ({ target, upstream }) => {
      expect(await target.assign(leaving(1, 2), "leaver")).toEqual({ done: [2, 1], refused: [] });
      expect(upstream.received.find(({ path }) => path === MEMBERS)).toMatchObject({
        query: { user: "1" },
        body: { user: 1 },
      });
    });
  });

  test("who is still in it is refused, although the answer was 2xx", async () => {
    const ignoring = ({ path }: Received): Reply | undefined =>
      path === BULK ? { json: { unassignments: 0 } } : undefined;
    await onBench(project([1], [], ignoring), async ({ target }) => {
      expect(await target.assign(leaving(1, 2), "leaver")).toMatchObject({
        done: [2],
        refused: [{ userId: 1, reason: "projects.leave:200:is still in it" }],
      });
    });
  });
});
