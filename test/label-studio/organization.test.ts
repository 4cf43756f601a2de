import { describe, expect, test } from "@jest/globals";
import { onBench, page, type Reply, type Script } from "./upstream.js";

const me = (active: number | null, more: object = {}): Reply => ({
  json: { id: 9, email: "Bridge@ACME.example", active_organization: active, ...more },
});

const ORGANIZATION = {
  id: 1,
  title: "Acme Labelling",
  token: "invite-secret",
  default_role: "NO",
  billing: { manual_role_management: false, manual_workspace_management: true },
};

const answering =
  (whoami: Reply, organization: Reply = { json: ORGANIZATION }): Script =>
  ({ path }) =>
    path === "/api/current-user/whoami" ? whoami : organization;

describe("whoAmI", () => {
  const own = { role: "AD", active: true, organization_id: 1 };
  const other = { role: "AN", active: true, organization_id: 2 };

  test.each([
    ["organization_membership", { organization_membership: own }, "AD"],
    ["org_membership of that organisation", { org_membership: [other, own] }, "AD"],
    ["neither", {}, undefined],
    ["another organisation's only", { org_membership: [other] }, undefined],
  ])("role from %s", async (_name, more, role) => {
    await onBench(answering(me(1, { ...more, permissions: ["organizations.view", 7] })), async ({ target }) => {
      expect(await target.whoAmI()).toEqual({
        userId: 9,
        email: "bridge@acme.example",
        organizationId: 1,
        role,
        permissions: ["organizations.view"],
        keyKind: "legacy token",
      });
    });
  });

  test("an answer without an id cannot be used", async () => {
    await onBench(answering({ json: { detail: "?" } }), async ({ target }) => {
      await expect(target.whoAmI()).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
    });
  });
});

describe("organization", () => {
  test("is read without its invitation secret", async () => {
    await onBench(answering(me(1)), async ({ target, upstream }) => {
      expect(await target.organization()).toEqual({
        id: 1,
        title: "Acme Labelling",
        defaultRole: "NO",
        manualRoleManagement: false,
        manualWorkspaceManagement: true,
        manualProjectMemberManagement: undefined,
      });
      expect(upstream.received.map(({ path }) => path)).toEqual(["/api/current-user/whoami", "/api/organizations/1"]);
    });
  });

  test("of the Community Edition says less", async () => {
    await onBench(answering(me(1), { json: { id: 1, title: "Label Studio", users: [1] } }), async ({ target }) => {
      expect(await target.organization()).toEqual({ id: 1, title: "Label Studio" });
    });
  });

  test.each([
    [2, /organisation 1, .* is 2;/],
    [null, /organisation 1, .* is none;/],
  ])("a key whose active organisation is %j is refused for organisation 1", async (active, words) => {
    await onBench(answering(me(active)), async ({ target, upstream }) => {
      const call = target.organization();
      await expect(call).rejects.toMatchObject({ code: "TARGET_REFUSED" });
      await expect(call).rejects.toThrow(words);
      expect(upstream.received).toHaveLength(1);
    });
  });

  test("that does not exist (an HTML 404) is refused with words", async () => {
    const gone = { status: 404, text: "<html>secret</html>" };
    await onBench(answering(me(1), gone), async ({ target }) => {
      const call = target.organization();
      await expect(call).rejects.toMatchObject({ code: "TARGET_REFUSED" });
      await expect(call).rejects.toThrow("no such organisation: 1");
    });
  });

  test("unconfigured: the active one, looked up once, and kept when the key owner switches", async () => {
    let active = 4;
    const script: Script = ({ path }) => {
      if (path === "/api/current-user/whoami") return me(active);
      return path === "/api/organizations/4" ? { json: ORGANIZATION } : page(0, []);
    };
    await onBench(
      script,
      async ({ target, upstream }) => {
        await Promise.all([target.owners("leaver"), target.owners("leaver")]);
        expect(upstream.received.map(({ path }) => path)).toEqual([
          "/api/current-user/whoami",
          "/api/organizations/4/memberships",
          "/api/organizations/4/memberships",
        ]);
        await expect(target.organization()).resolves.toMatchObject({ id: 4 });
        active = 5;
        await expect(target.organization()).rejects.toThrow(/organisation 4, .* is 5;/);
      },
      { organizationId: undefined },
    );
  });

  test("unconfigured and none active: refused with the way out, and asked again next time", async () => {
    await onBench(
      answering(me(null)),
      async ({ target, upstream }) => {
        await expect(target.owners("leaver")).rejects.toThrow("set LABEL_STUDIO_ORGANIZATION_ID");
        await expect(target.owners("leaver")).rejects.toMatchObject({ code: "TARGET_REFUSED" });
        expect(upstream.received).toHaveLength(2);
      },
      { organizationId: undefined },
    );
  });
});
