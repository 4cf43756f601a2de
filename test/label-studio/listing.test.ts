import { describe, expect, test } from "@jest/globals";
import type { ListedMember, MemberFilter, Target } from "../../src/ports.js";
import { onBench, page, row, type Script } from "./upstream.js";

const ids = async (target: Target, filter: MemberFilter): Promise<readonly number[]> =>
  (await all(target, filter)).map(({ userId }) => userId);

async function all(target: Target, filter: MemberFilter): Promise<readonly ListedMember[]> {
  const found: ListedMember[] = [];
  for await (const members of target.members(filter, "sweep")) found.push(...members);
  return found;
}

const active = (id: number, at: string | null, more: object = {}): object => {
  const { user, ...rest } = row(id, "AN") as { user: object };
  return { ...rest, ...more, user: { ...user, last_activity: at } };
};
const ROWS = [
  row(1, "OW"),
  { ...row(2, "AN"), tags: [{ id: 10, label: "night" }] },
  { ...row(3, "VO"), user_type: "viewonly" },
  { id: 504, organization: 1, role: "RE", user: { id: 4, email: "p4@acme.example" } },
  active(5, "2026-01-01T00:00:00Z"),
  active(6, null, { contributed_to_projects: [{ id: 42, title: "Street scenes" }, { title: "no id" }] }),
  { id: 507, role: "DI", is_deleted: true, user: { id: 7, email: "Deleted", first_name: "Deleted" } },
];
const ignoring: Script = () => page(ROWS.length, ROWS);

describe("a filter that the server ignores is applied here", () => {
  test.each<[MemberFilter, readonly number[]]>([
    [{}, [1, 2, 3, 4, 5, 6]],
    [{ roles: ["OW", "VO"] }, [1, 3]],
    [{ tags: [10, 11] }, [2]],
    [{ userTypes: ["standard"] }, [1, 2, 4, 5, 6]],
    [{ userTypes: ["viewonly"] }, [3]],
    [{ isDeleted: true }, [7]],
    [{ lastActivityFrom: "2025-12-01T00:00:00Z" }, [5]],
    [{ lastActivityUntil: "2025-12-01T00:00:00Z" }, []],
  ])("%j", async (filter, expected) => {
    await onBench(ignoring, async ({ target }) => expect(await ids(target, filter)).toEqual(expected));
  });
});

test("all filters are sent, under the names of the vendor", async () => {
  const script: Script = ({ path }) => (path.endsWith("/roles") ? { json: [] } : page(0, []));
  const filter: Required<MemberFilter> = {
    search: "kim",
    ordering: "-user__email",
    roles: ["AN", "RE"],
    tags: [10, 12],
    userTypes: ["standard", "flex"],
    isDeleted: true,
    excludeProjectId: 42,
    excludeWorkspaceId: 5,
    contributedToProjects: true,
    lastActivityFrom: "2026-01-01T00:00:00Z",
    lastActivityUntil: "2026-02-01T00:00:00Z",
  };
  await onBench(script, async ({ target, upstream }) => {
    expect(await ids(target, filter)).toEqual([]);
    expect(upstream.received.at(-1)?.query).toEqual({
      search: "kim",
      ordering: "-user__email",
      role: "AN,RE",
      tags: "10,12",
      user_type: "standard,flex",
      is_deleted: "true",
      exclude_project_id: "42",
      exclude_workspace_id: "5",
      contributed_to_projects: "true",
      user__last_activity__gte: "2026-01-01T00:00:00Z",
      user__last_activity__lte: "2026-02-01T00:00:00Z",
      page: "1",
      page_size: "500",
    });
  });
});

test("members of a project are left out by its own list, owners by their role", async () => {
  const script: Script = ({ path }) => {
    if (path.endsWith("/roles")) return { json: [] };
    return path.includes("/projects/42/") ? page(1, [{ id: 2 }]) : page(ROWS.length, ROWS);
  };
  await onBench(script, async ({ target }) => {
    expect(await ids(target, { excludeProjectId: 42 })).toEqual([3, 4, 5, 6]);
  });
});

test("a project that does not exist leaves nobody out by mistake", async () => {
  const script: Script = ({ path }) =>
    path.includes("/projects/") ? { status: 404, text: "<html></html>" } : page(ROWS.length, ROWS);
  await onBench(script, async ({ target }) => {
    await expect(ids(target, { excludeProjectId: 41 })).rejects.toMatchObject({ code: "TARGET_REFUSED" });
  });
});

test("rows tell the tags, activity and contributions that they have", async () => {
  await onBench(ignoring, async ({ target }) => {
    const members = await all(target, {});
    expect(members[1]).toMatchObject({ tags: [10], deleted: false, contributedToProjects: undefined });
    expect(members[3]?.tags).toBeUndefined();
    expect(members[4]).toMatchObject({ lastActivity: "2026-01-01T00:00:00Z" });
    expect(members[5]).toMatchObject({
      lastActivity: undefined,
      contributedToProjects: [{ id: 42, title: "Street scenes" }],
    });
    expect((await all(target, { isDeleted: true }))[0]).toMatchObject({ email: "deleted", deleted: true });
  });
});

test("a list that ends too early is an error, after the pages that were read", async () => {
  const script: Script = ({ query }) => (query["page"] === "1" ? page(9, ROWS) : page(9, []));
  await onBench(script, async ({ target }) => {
    await expect(all(target, {})).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
  });
});
