import { expect, test } from "@jest/globals";
import { onBench, refusalOf, type Reply } from "./upstream.js";

const roles = (roles_groups: unknown): Reply => ({ json: { roles_groups, workspaces_groups: null } });
const none: Reply = { status: 404, text: "<h1>Page not found</h1>" };

test.each<[string, Reply, Reply, readonly unknown[]]>([
  [
    "of both, by the names of roles or their codes",
    roles([
      ["Administrator", "LS-Admins"],
      ["AN", "LS-Annotators"],
    ]),
    roles([["reviewer", "LS-Reviewers"]]),
    [
      ["scim", "LS-Admins", "AD"],
      ["scim", "LS-Annotators", "AN"],
      ["saml", "LS-Reviewers", "RE"],
    ],
  ],
  ["none", roles(null), roles([]), []],
  ["not there", none, none, []],
  ["not for this key", refusalOf(403, "No."), refusalOf(403, "No."), []],
  ["what nobody understands is left out", roles([["Emperor", "x"], ["Manager"], 7, ["Manager", " "]]), roles({}), []],
])("groups that Label Studio gives roles by: %s", async (_what, scim, saml, expected) => {
  await onBench(
    ({ path }) => (path === "/api/scim/settings" ? scim : saml),
    async ({ target, drive }) => {
      const found = await drive(target.groupRoles());
      expect(found.map(({ by, group, role }) => [by, group, role])).toEqual(expected);
    },
  );
});
