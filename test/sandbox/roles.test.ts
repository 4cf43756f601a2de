import { describe, expect, test } from "@jest/globals";
import { isHtml404, MEMBERS, open, rows, SEED, type Api } from "./api.js";

const ANN = 3;
const patch = (api: Api, role: string, userId = ANN) => api.send("PATCH", MEMBERS, { user_id: userId, role });
const ann = ({ sandbox }: Api) => sandbox.member("ann@x.example");

describe("a role update", () => {
  test("answers the member and says that it came by the API", async () => {
    const api = await open({ seed: SEED });
    expect(await patch(api, "RE")).toMatchObject({
      status: 200,
      body: { id: 503, role: "RE", role_source: "api", user: { id: ANN } },
    });
    expect(rows(await api.get(`${MEMBERS}?role=RE`))).toHaveLength(1);
    expect((await api.send("PATCH", MEMBERS, { user_id: ANN, role: "DI", user_type: "standard" })).status).toBe(200);
    expect(ann(api)).toMatchObject({ role: "DI", roleSource: "api" });
  });

  test.each(["XX", "VO", "an", ""])("refuses %j as a choice", async (role) => {
    const api = await open({ seed: SEED });
    expect(await patch(api, role)).toMatchObject({
      status: 400,
      body: { validation_errors: { role: [`"${role}" is not a valid choice.`] } },
    });
    expect(ann(api)?.role).toBe("AN");
  });

  test("gives OW only where the server lets it", async () => {
    const api = await open({ seed: SEED });
    expect((await patch(api, "OW")).status).toBe(400);
    api.sandbox.set({ ownerAssignable: true });
    expect((await patch(api, "OW")).status).toBe(200);
  });

  test("403 while roles are managed elsewhere", async () => {
    const api = await open({ seed: SEED, manualRoleManagement: false });
    expect((await patch(api, "RE")).status).toBe(403);
    api.sandbox.set({ manualRoleManagement: true });
    expect((await patch(api, "RE")).status).toBe(200);
  });

  test("makes a view-only member a standard one", async () => {
    const api = await open({ seed: [...SEED, { email: "v@x.example", role: "VO" }] });
    expect(api.sandbox.member("v@x.example")).toMatchObject({ role: "VO", userType: "viewonly" });
    await patch(api, "DI", 4);
    expect(api.sandbox.member("v@x.example")?.userType).toBe("viewonly");
    await patch(api, "AN", 4);
    expect(api.sandbox.member("v@x.example")?.userType).toBe("standard");
  });
});

describe("seats", () => {
  test("whoever would newly take one is refused when all are taken", async () => {
    const api = await open({ seed: [...SEED, { email: "n@x.example", role: "NO" }], seatLimit: 3 });
    const full = await patch(api, "AN", 4);
    expect([full.status, full.body["detail"]]).toEqual([400, expect.stringMatching(/^User limit reached: 3 of 3/)]);
    expect((await patch(api, "MA")).status).toBe(200);
    expect((await patch(api, "DI", 4)).status).toBe(200);
    expect((await patch(api, "DI")).status).toBe(200);
    expect((await patch(api, "AN", 4)).status).toBe(200);
    expect((await patch(api, "AN")).status).toBe(400);
    api.sandbox.set({ seatLimit: undefined });
    expect((await patch(api, "AN")).status).toBe(200);
  });

  test("told, unless the server is too old or does not tell the key", async () => {
    const api = await open({ seed: SEED, seatLimit: 5 });
    const billing = () => api.get("/api/billing/info");
    expect((await billing()).body["billing_checks"]).toMatchObject({ users: { count: 3, limit: 5, reached: false } });
    api.sandbox.set({ billing: "absent" });
    expect((await billing()).status).toBe(404);
    api.sandbox.set({ billing: "forbidden" });
    expect((await billing()).status).toBe(403);
  });

  test("a new account takes one when the default role works", async () => {
    const api = await open({ seed: SEED, seatLimit: 3, defaultRole: "AN" });
    const create = () => api.send("POST", "/api/users/", { username: "b@x.example", email: "b@x.example" });
    expect((await create()).body["detail"]).toMatch(/^User limit reached/);
    api.sandbox.set({ defaultRole: "NO" });
    expect((await create()).status).toBe(201);
  });
});

describe("a role update of somebody soft-deleted", () => {
  const seed = [...SEED.slice(0, 2), { email: "ann@x.example", role: "AN", deleted: true }];

  test("no: HTML 404", async () => {
    const api = await open({ seed });
    expect(isHtml404(await patch(api, "RE"))).toBe(true);
    expect(ann(api)?.deleted).toBe(true);
  });

  test("silent: 200 that changes nothing", async () => {
    const api = await open({ seed, patchRevives: "silent" });
    expect(await patch(api, "RE")).toMatchObject({
      status: 200,
      body: { role: "RE", user: { email: "ann@x.example" } },
    });
    expect(ann(api)).toMatchObject({ deleted: true, role: "AN" });
    expect((await api.get(MEMBERS)).body["count"]).toBe(2);
  });

  test("yes: revived, within the seats", async () => {
    const api = await open({ seed, patchRevives: "yes", seatLimit: 2 });
    expect((await patch(api, "RE")).status).toBe(400);
    api.sandbox.set({ seatLimit: 3 });
    expect((await patch(api, "RE")).status).toBe(200);
    expect(ann(api)).toMatchObject({ deleted: false, role: "RE", userId: ANN });
  });
});
