import { describe, expect, test } from "@jest/globals";
import { isHtml404, open, SEED, type Api } from "./api.js";

const create = (api: Api, body: object) => api.send("POST", "/api/users/", body);

describe("creating an account", () => {
  test("joins the organisation with its default role", async () => {
    const api = await open({ seed: SEED, defaultRole: "DI" });
    const name = { first_name: "Bo", last_name: "Dahl" };
    const body = { username: "bo@x.example", email: "bo@x.example", ...name, active_organization: 1 };
    expect(await create(api, body)).toMatchObject({
      status: 201,
      body: {
        id: 4,
        ...body,
        initials: "BD",
        organization_membership: { role: "DI", active: true, organization_id: 1 },
      },
    });
    expect(api.sandbox.member("bo@x.example")).toMatchObject({ role: "DI", firstName: "Bo", deleted: false });
  });

  test("has no active organisation unless one is sent", async () => {
    const api = await open({ seed: SEED });
    const created = await create(api, { username: "b", email: "b@x.example" });
    expect(created.body["active_organization"]).toBeNull();
    expect((await create(api, { username: "c", email: "c@x.example", active_organization: 7 })).body).toMatchObject({
      validation_errors: { active_organization: ['Invalid pk "7" - object does not exist.'] },
    });
  });

  test("an address is unique on the whole server, with its letter case", async () => {
    const old = { email: "old@x.example", role: "AN", deleted: true };
    const api = await open({ seed: [...SEED, old] });
    api.sandbox.addElsewhere("far@y.example");
    for (const email of ["ann@x.example", "old@x.example", "far@y.example"]) {
      expect(await create(api, { username: "z", email })).toMatchObject({
        status: 400,
        body: { validation_errors: { email: ["user with this email address already exists."] } },
      });
    }
    expect((await create(api, { username: "z", email: "Ann@x.example" })).status).toBe(201);
    expect(api.sandbox.calls.every(({ fault }) => fault === undefined)).toBe(true);
  });
});

describe("changing an account", () => {
  test("names change; an e-mail is refused after the rest was saved", async () => {
    const api = await open({ seed: SEED });
    const update = (body: object) => api.send("PATCH", "/api/users/3/", body);
    expect(await update({ first_name: "Anna" })).toMatchObject({
      status: 200,
      body: { first_name: "Anna", last_name: "Berg" },
    });
    const refused = await update({ last_name: "Dahl", email: "new@x.example" });
    expect([refused.status, refused.body["detail"]]).toEqual([405, "Cannot update read-only field: email"]);
    expect(api.sandbox.member("ann@x.example")).toMatchObject({ firstName: "Anna", lastName: "Dahl" });
    expect((await api.send("PATCH", "/api/users/99/", {})).status).toBe(404);
  });

  test("the single account answers, one of another organisation does not", async () => {
    const { sandbox, get } = await open({ seed: SEED });
    sandbox.addElsewhere("far@y.example");
    expect((await get("/api/users/3/")).body).toMatchObject({ id: 3, email: "ann@x.example" });
    expect((await get("/api/users/4/")).status).toBe(404);
  });
});

describe("invitations", () => {
  const invite = (api: Api, body: object) => api.send("POST", "/api/invite/send-email", body);

  test("revive somebody soft-deleted with the role, and wait for everybody else", async () => {
    const api = await open({ seed: [...SEED, { email: "old@x.example", role: "AN", deleted: true }] });
    const sent = await invite(api, { emails: ["old@x.example", "new@x.example"], role: "RE" });
    expect([sent.status, sent.text]).toEqual([200, ""]);
    expect(api.sandbox.member("old@x.example")).toMatchObject({ deleted: false, role: "RE", userId: 4 });
    expect(api.sandbox.member("new@x.example")).toBeUndefined();
    expect(api.sandbox.invitations.map(({ email }) => email)).toEqual(["old@x.example", "new@x.example"]);
    expect((await api.send("POST", "/api/invite/revoke", { email: "new@x.example" })).status).toBe(200);
    expect(api.sandbox.invitations).toEqual([{ email: "old@x.example", role: "RE" }]);
  });

  test("leave somebody who is a member as he is", async () => {
    const api = await open({ seed: SEED });
    expect((await invite(api, { emails: ["ann@x.example"], role: "MA" })).status).toBe(200);
    expect(api.sandbox.member("ann@x.example")?.role).toBe("AN");
  });

  test("need a role, unless view-only, which excludes one", async () => {
    const api = await open({ seed: SEED });
    const emails = ["n@x.example"];
    expect((await invite(api, { emails })).status).toBe(400);
    expect((await invite(api, { emails, role: "AN", user_type: "viewonly" })).status).toBe(400);
    expect((await invite(api, { emails, role: "XX" })).status).toBe(400);
    expect((await invite(api, { emails, user_type: "viewonly" })).status).toBe(200);
  });

  test("may be off, and have no slash", async () => {
    const api = await open({ seed: SEED, allowInvites: false });
    expect((await invite(api, { emails: ["n@x.example"], role: "AN" })).status).toBe(403);
    expect((await api.get("/api/invite")).status).toBe(403);
    expect(isHtml404(await api.send("POST", "/api/invite/send-email/", {}))).toBe(true);
  });
});
