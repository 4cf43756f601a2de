import { describe, expect, test } from "@jest/globals";
import { emails, isHtml404, MEMBERS, open, rows, SEED } from "./api.js";

const crowd = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    email: `p${String(index).padStart(3, "0")}@x.example`,
    role: index % 2 === 0 ? "AN" : "RE",
  }));

describe("the list of members", () => {
  test("has pages of 20 unless asked otherwise, in a stable order, and an end", async () => {
    const { sandbox, get } = await open({ seed: [...SEED, ...crowd(42)] });
    const pages = await Promise.all([1, 2, 3].map((page) => get(`${MEMBERS}?page=${page}`)));
    expect(pages.map((page) => rows(page).length)).toEqual([20, 20, 5]);
    expect(new Set(pages.flatMap(emails)).size).toBe(45);
    expect(pages[1]?.body).toMatchObject({
      count: 45,
      next: `${sandbox.url}${MEMBERS}?page=3`,
      previous: `${sandbox.url}${MEMBERS}?page=1`,
    });
    expect(pages[2]?.body["next"]).toBeNull();
    for (const past of ["4", "0", "x"]) expect(isHtml404(await get(`${MEMBERS}?page=${past}`))).toBe(true);
  });

  test("gives fewer rows than asked for when the server has a maximum", async () => {
    const { get } = await open({ seed: [...SEED, ...crowd(10)], largestPage: 5 });
    for (const size of ["500", "-1"]) {
      const page = await get(`${MEMBERS}?page_size=${size}`);
      expect([rows(page).length, page.body["count"]]).toEqual([5, 13]);
      expect(page.body["next"]).toContain(`page_size=${size}&page=2`);
    }
  });

  test("filters by role, user type and search; ignores what it does not know", async () => {
    const { get } = await open();
    const roles = async (query: string) => rows(await get(`${MEMBERS}?${query}`)).map(({ role }) => role);
    expect(await roles("role=OW,MA&ordering=role")).toEqual(["MA", "MA", "OW"]);
    expect(await roles("user_type=viewonly")).toEqual(["VO"]);
    expect(await roles("search=KIM.LEE@acme")).toEqual(["AN"]);
    expect(await roles("search=kim%20lee")).toEqual(["AN"]);
    expect(await roles("search=kim,nobody")).toEqual([]);
    expect(await roles("made_up=1&exclude_project_id=2")).toHaveLength(13);
  });

  test("orders by several fields, forwards and backwards", async () => {
    const { get } = await open({ seed: SEED });
    expect(emails(await get(MEMBERS))).toEqual(["ann@x.example", "key@x.example", "owner@x.example"]);
    expect(emails(await get(`${MEMBERS}?ordering=-role,user__email`))).toEqual([
      "owner@x.example",
      "ann@x.example",
      "key@x.example",
    ]);
    expect(rows(await get(`${MEMBERS}?ordering=-id`)).map(({ id }) => id)).toEqual([503, 502, 501]);
  });

  test("names the person by user.id, which is not the membership's id", async () => {
    const { sandbox, get } = await open({ seed: SEED });
    const [ann] = rows(await get(`${MEMBERS}?search=ann`));
    expect(ann).toMatchObject({ id: 503, organization: 1, role: "AN", role_source: "manual", user_type: "standard" });
    expect(ann?.user).toMatchObject({ id: 3, email: "ann@x.example", first_name: "Ann", initials: "AB" });
    expect(sandbox.member("ann@x.example")?.userId).toBe(3);
  });
});

describe("soft delete", () => {
  test("204, gone from the list, a second time 404; the account stays", async () => {
    const { sandbox, get, send } = await open({ seed: SEED });
    const gone = await send("DELETE", `${MEMBERS}/3/`);
    expect([gone.status, gone.text]).toEqual([204, ""]);
    expect(emails(await get(MEMBERS))).toEqual(["key@x.example", "owner@x.example"]);
    expect(sandbox.members().map(({ email }) => email)).not.toContain("ann@x.example");
    expect(sandbox.member("ann@x.example")).toMatchObject({ deleted: true, userId: 3 });
    expect((await send("DELETE", `${MEMBERS}/3/`)).status).toBe(404);
    expect((await send("DELETE", `${MEMBERS}/99/`)).status).toBe(404);
    expect((await get(`${MEMBERS}/3/`)).body).toMatchObject({ user: 3, organization: 1 });
    expect((await get("/api/users/3/")).body).toMatchObject({ email: "Deleted", active_organization: null });
    expect((await send("POST", "/api/users/", { username: "ann", email: "ann@x.example" })).status).toBe(400);
  });

  test("is_deleted lists them, masked; GET /api/users/ keeps them, masked", async () => {
    const { get } = await open({ seed: [...SEED, { email: "old@x.example", role: "RE", deleted: true }] });
    const masked = { email: "Deleted", username: "Deleted", first_name: "Deleted", last_name: "User", initials: "DU" };
    expect(rows(await get(`${MEMBERS}?is_deleted=true`))).toMatchObject([{ user: { id: 4, ...masked } }]);
    const users = await get("/api/users/?page_size=1");
    expect(users.body).toHaveLength(4);
    expect(Object.values(users.body)[3]).toMatchObject({ id: 4, ...masked });
  });

  test("maskDeleted: the list keeps them as the Community Edition does", async () => {
    const { get } = await open({
      seed: [...SEED, { email: "old@x.example", role: "RE", deleted: true }],
      maskDeleted: true,
    });
    const page = await get(MEMBERS);
    expect([page.body["count"], emails(page)]).toEqual([
      4,
      ["ann@x.example", "key@x.example", "Deleted", "owner@x.example"],
    ]);
  });

  test("never oneself, never in another organisation", async () => {
    const { sandbox, get, send } = await open({ seed: SEED });
    const { userId } = sandbox.keyOwner();
    const self = await send("DELETE", `${MEMBERS}/${userId}/`);
    expect([self.status, self.body]).toEqual([405, { detail: "User cannot soft delete self" }]);
    sandbox.addElsewhere("far@y.example");
    const other = await send("DELETE", "/api/organizations/2/memberships/4/");
    expect([other.status, other.body["detail"]]).toEqual([
      403,
      "You can delete members only for your current active organization",
    ]);
    expect((await send("DELETE", "/api/organizations/3/memberships/4/")).status).toBe(404);
    expect((await get("/api/organizations/2/memberships")).status).toBe(403);
    expect((await get(`${MEMBERS}/4/`)).status).toBe(404);
  });
});
