import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { MEMBERS, open, type Row } from "./api.js";

// Property names of the vendor's schema of May 2026, for the answers that the sandbox gives.
const VENDOR = JSON.parse(readFileSync(new URL("vendor-answers.json", import.meta.url), "utf8")) as Record<
  string,
  { readonly required: readonly string[]; readonly optional: readonly string[] }
>;
// Seen in real answers (contract 2.4, 2.10) but not in the schema.
const UNDOCUMENTED = ["flex", "role_source"];

function expectShape(value: unknown, name: string): void {
  const { required = [], optional = [] } = VENDOR[name] ?? {};
  const keys = Object.keys(value as Row);
  expect({ name, missing: required.filter((key) => !keys.includes(key)) }).toEqual({ name, missing: [] });
  const known = [...required, ...optional, ...UNDOCUMENTED];
  expect({ name, unknown: keys.filter((key) => !known.includes(key)) }).toEqual({ name, unknown: [] });
}

const first = (body: unknown): Row => (body as readonly Row[])[0] ?? {};

test("members", async () => {
  const { get, send } = await open();
  const page = (await get(MEMBERS)).body;
  expectShape(page, "PaginatedLseOrganizationMemberListList");
  for (const row of [first(page["results"]), (await send("PATCH", MEMBERS, { user_id: 10, role: "RE" })).body]) {
    expectShape(row, "LseOrganizationMemberList");
    expectShape(row["user"], "LseUserOrganizationMemberList");
    expectShape((row["user"] as Row)["lse_fields"], "LseFields");
  }
  expectShape((await get(`${MEMBERS}/10/`)).body, "OrganizationMember");
});

test("users and whoami", async () => {
  const { get, send } = await open();
  const created = await send("POST", "/api/users/", { username: "b@x.example", email: "b@x.example" });
  const updated = await send("PATCH", "/api/users/10/", { first_name: "Kim" });
  for (const { body } of [created, updated, await get("/api/users/10/")]) {
    expectShape(body, "LseUser");
    expectShape(body["organization_membership"], "OrganizationMembership");
    expectShape(first(body["org_membership"]), "OrganizationMembership");
  }
  const { body } = await get("/api/current-user/whoami");
  expectShape(body, "WhoAmIUser");
  expectShape(body["lse_fields"], "WhoAmILseFields");
  expect(body).toMatchObject({
    email: "provisioning.bridge@acme.example",
    active_organization: 1,
    organization_membership: { role: "AD", active: true, organization_id: 1 },
    permissions: ["organizations.view", "organizations.invite", "organizations.change"],
  });
});

test("organisation, billing, invite link, version, default role", async () => {
  const { get, send, raw } = await open({ title: "Lab", seatLimit: 10, manualRoleManagement: false });
  expectShape(first((await get("/api/organizations/")).body), "OrganizationId");
  const { body } = await get("/api/organizations/1");
  expectShape(body, "LseOrganization");
  expectShape(body["billing"], "OrganizationBilling");
  expect(body).toMatchObject({ id: 1, title: "Lab", default_role: "NO", billing: { manual_role_management: false } });
  const { billing_checks: checks, billing_flags: flags } = (await get("/api/billing/info")).body;
  expectShape(checks, "BillingChecks");
  expectShape(flags, "BillingFlags");
  expect(checks).toMatchObject({ users: { count: 10, limit: 10, reached: true } });
  expect(flags).toMatchObject({ manual_role_management: false, allow_invite_people: true });
  expectShape((await get("/api/invite")).body, "OrganizationInvite");
  const version = await raw("/api/version/");
  expectShape(version.body, "VersionResponse");
  expect(version.body).toMatchObject({ release: "2.36.0", edition: "Enterprise" });
  expectShape(
    (await send("PATCH", "/api/organizations/1/set-default-role", { default_role: "AN" })).body,
    "DefaultRole",
  );
  expect((await get("/api/organizations/1")).body["default_role"]).toBe("AN");
});

test("tags, workspaces, projects and who is in them", async () => {
  const { sandbox, get, send } = await open();
  const email = "kim.lee@acme.example";
  sandbox.tag(email, "night");
  sandbox.joinWorkspace(email, "Vision");
  sandbox.joinProject(email, 42, "RE");
  const tags = (await get("/api/organizations/1/member-tags")).body;
  expectShape(tags, "PaginatedOrganizationMemberTagList");
  expectShape(first(tags["results"]), "OrganizationMemberTag");
  expectShape(first(tags["results"])["created_by"], "UserSimple");
  const [member] = (await get(`${MEMBERS}?search=kim`)).body["results"] as readonly Row[];
  expectShape(first(member?.["tags"]), "SimpleOrganizationMemberTag");
  expectShape(first((await get("/api/workspaces/")).body), "Workspace");
  expectShape((await send("POST", "/api/workspaces/", { title: "New" })).body, "Workspace");
  const inWorkspace = first((await get("/api/workspaces/5/memberships/")).body);
  expectShape(inWorkspace, "WorkspaceMemberList");
  expectShape(inWorkspace["user"], "LseUser");
  const paginated = (await get("/api/workspaces/5/memberships/paginated/")).body;
  expectShape(paginated, "PaginatedLseUserList");
  expectShape(first(paginated["results"]), "LseUser");
  expectShape((await send("POST", "/api/workspaces/5/memberships/", { user: 10 })).body, "WorkspaceMemberCreate");
  const projects = (await get("/api/projects/")).body;
  expectShape(projects, "PaginatedAllRolesProjectListList");
  expectShape(first(projects["results"]), "AllRolesProjectList");
  const inProject = (await get("/api/projects/42/members/paginated/")).body;
  expectShape(inProject, "PaginatedPaginatedProjectMemberList");
  expectShape(first(inProject["results"]), "PaginatedProjectMember");
  expectShape((await send("POST", "/api/projects/42/members/", { user: 9 })).body, "ProjectMember");
  const role = { user: 9, project: 42, role: "AN" };
  for (const row of [
    first((await get("/api/projects/42/roles")).body),
    (await send("POST", "/api/projects/roles/", role)).body,
  ])
    expectShape(row, "ProjectRole");
});
