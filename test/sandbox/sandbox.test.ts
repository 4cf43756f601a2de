import { describe, expect, test } from "@jest/globals";
import { MEMBERS, open, SEED } from "./api.js";

describe("the rate limit", () => {
  const start = 1_800_000_000_000;

  test("holds in every one-second window and does not count what it refused", async () => {
    let nowMs = start;
    const { get, sandbox } = await open({ rateLimit: 2, now: () => nowMs });
    const at = async (offsetMs: number) => {
      nowMs = start + offsetMs;
      return (await get(MEMBERS)).status;
    };
    expect([await at(0), await at(600), await at(900), await at(999)]).toEqual([200, 200, 429, 429]);
    expect([await at(1000), await at(1100), await at(1600)]).toEqual([200, 429, 200]);
    sandbox.set({ rateLimit: undefined });
    expect(await at(1601)).toBe(200);
  });

  test("tells when to try again in seconds, as a date, or not at all", async () => {
    const { get, sandbox } = await open({ rateLimit: 0, now: () => start + 200 });
    const retryAfter = async () => (await get(MEMBERS)).headers.get("retry-after");
    expect(await retryAfter()).toBe("1");
    sandbox.set({ retryAfter: "date" });
    expect(await retryAfter()).toBe("Fri, 15 Jan 2027 08:00:02 GMT");
    sandbox.set({ retryAfter: "none" });
    expect(await retryAfter()).toBeNull();
  });
});

describe("somebody in Label Studio's own pages", () => {
  test("sets roles, adds, removes, re-adds, changes an address", async () => {
    const { sandbox } = await open({ seed: SEED });
    sandbox.setRole("ann@x.example", "MA");
    expect(sandbox.member("ann@x.example")).toMatchObject({ role: "MA", roleSource: "manual" });
    sandbox.setRole("ann@x.example", "RE", "saml");
    expect(sandbox.member("ann@x.example")?.roleSource).toBe("saml");
    sandbox.removeMember("ann@x.example");
    expect(sandbox.addMember({ email: "ann@x.example", role: "AN" })).toMatchObject({ userId: 3, deleted: false });
    sandbox.changeEmail("ann@x.example", "berg@x.example");
    expect([sandbox.member("ann@x.example"), sandbox.member("berg@x.example")?.userId]).toEqual([undefined, 3]);
    sandbox.addElsewhere("far@y.example");
    expect(sandbox.member("far@y.example")).toBeUndefined();
    expect(sandbox.addMember({ email: "far@y.example", role: "AN" }).userId).toBe(4);
  });

  test("is told when a name is wrong", async () => {
    const { sandbox } = await open({ seed: SEED });
    expect(() => sandbox.setRole("who@x.example", "AN")).toThrow("who@x.example was never a member");
    expect(() => sandbox.addMember(SEED[2])).toThrow("ann@x.example is a member already");
    expect(() => sandbox.changeEmail("ann@x.example", "key@x.example")).toThrow("key@x.example is taken");
    expect(() => sandbox.addElsewhere("ann@x.example")).toThrow("ann@x.example already");
  });

  test("listeners hear of every change, by click or by API", async () => {
    const { sandbox, send } = await open({ seed: SEED });
    const heard: string[] = [];
    sandbox.onChange((members) => heard.push(members.map(({ role }) => role).join()));
    sandbox.setRole("ann@x.example", "RE");
    await send("PATCH", MEMBERS, { user_id: 3, role: "DI" });
    await send("DELETE", `${MEMBERS}/3/`);
    await send("POST", "/api/users/", { username: "b@x.example", email: "b@x.example" });
    expect(heard).toEqual(["OW,AD,RE", "OW,AD,DI", "OW,AD", "OW,AD,NO"]);
  });
});

describe("who owns the key", () => {
  test.each([
    [{}, "provisioning.bridge@acme.example"],
    [{ seed: SEED }, "key@x.example"],
    [{ seed: [{ email: "o@x.example", role: "OW" }] }, "o@x.example"],
    [{ seed: [{ email: "a@x.example", role: "AN" }] }, "provisioning.bridge@acme.example"],
    [{ seed: SEED, keyOwner: "ann@x.example" }, "ann@x.example"],
    [{ seed: SEED, keyOwner: "svc@x.example", organizationId: 9 }, "svc@x.example"],
  ])("%j: %s", async (options, email) => {
    const { sandbox, get } = await open(options);
    expect(sandbox.keyOwner().email).toBe(email);
    expect((await get("/api/current-user/whoami")).body).toMatchObject({
      email,
      active_organization: sandbox.organizationId,
    });
  });
});

test("the default organisation has somebody of every role, and one Owner", async () => {
  const { sandbox } = await open();
  const roles = sandbox.members().map(({ role }) => role);
  expect(new Set(roles)).toEqual(new Set(["OW", "AD", "MA", "RE", "AN", "NO", "DI", "VO"]));
  expect(roles.filter((role) => role === "OW")).toHaveLength(1);
});
