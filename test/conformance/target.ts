// What every Target promises, whatever generation of Label Studio is behind it.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { connectLabelStudio } from "../../src/label-studio/index.js";
import type { Assignable } from "../../src/membership/index.js";
import type { MemberFilter, Target } from "../../src/ports.js";
import { startSandbox, type Sandbox, type SandboxOptions } from "../../src/sandbox/index.js";
import { fastClock } from "../support/fast-clock.js";
import { assignmentConformance } from "./assignments.js";

export interface Scene {
  readonly target: Target;
  readonly sandbox: Sandbox;
}

const OWNER = "olivia.winter@acme.example";
const KIM = "kim.lee@acme.example";
const ANNA = "anna.nilsson@acme.example";
const VISION: Assignable = { kind: "workspace", id: 5, name: "Vision" };
const STREET: Assignable = { kind: "project", id: 42, name: "Street scenes" };
const NOTHING = { ids: [], names: [] };

export function targetConformance(name: string, options: SandboxOptions = {}): void {
  describe(`${name} behind the Target`, () => {
    let scene: Scene;
    beforeEach(async () => {
      const sandbox = await startSandbox(options);
      scene = { sandbox, target: connect(sandbox) };
    });
    afterEach(async () => {
      await scene.target.close();
      await scene.sandbox.close();
      expect(scene.sandbox.calls.filter(({ fault }) => fault === "schema")).toEqual([]);
    });
    membersConformance(() => scene);
    listingConformance(() => scene, options.generation !== "2025");
    assignablesConformance(() => scene, options.generation !== "2025");
    assignmentConformance(() => scene, options.generation !== "2025");
  });
}

const connect = ({ url, apiKey }: Sandbox): Target =>
  connectLabelStudio({
    url,
    apiKey,
    organizationId: undefined,
    maxRps: 0,
    clock: fastClock,
    emit: () => undefined,
    random: () => 0,
  });

async function listed(target: Target, filter: MemberFilter): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const page of target.members(filter, "sweep")) found.push(...page.map(({ email }) => email));
  return found;
}

function membersConformance(scene: () => Scene): void {
  test("knows whom the key acts for, and where", async () => {
    const { target, sandbox } = scene();
    const { userId, email } = sandbox.keyOwner();
    expect(await target.whoAmI()).toMatchObject({ userId, email, organizationId: 1, role: "AD" });
    expect(await target.organization()).toMatchObject({ id: 1, title: "Acme Labelling", manualRoleManagement: true });
    expect((await target.organization()).manualWorkspaceManagement).toBe(true);
    expect((await target.seats()).used).toBe(10);
    expect(await target.groupRoles()).toEqual([]);
  });

  test("observes everybody, finds one by address and by id, and the owners", async () => {
    const { target, sandbox } = scene();
    const seen: number[] = [];
    for await (const page of target.observe()) seen.push(...page.map(({ userId }) => userId));
    expect(seen.sort()).toEqual(
      sandbox
        .members()
        .map(({ userId }) => userId)
        .sort(),
    );
    const { userId } = sandbox.member(KIM) ?? { userId: 0 };
    expect(await target.findByEmail(KIM, "grant")).toMatchObject({ userId, role: "AN" });
    expect(await target.findByEmail("nobody@acme.example", "grant")).toBeUndefined();
    sandbox.changeEmail(KIM, "kim@acme.example");
    expect(await target.findById(userId, KIM, "grant")).toMatchObject({ email: "kim@acme.example" });
    expect((await target.owners("grant")).map(({ email }) => email)).toEqual([OWNER]);
  });

  test("creates, grants, renames, deactivates and removes, and says so again", async () => {
    const { target, sandbox } = scene();
    const email = "new@acme.example";
    const account = { kind: "create-account", email, firstName: "N", lastName: "E" } as const;
    const { userId } = (await target.apply(account, "grant")) ?? { userId: 0 };
    const who = { userId, email };
    for (const kind of ["first", "again"])
      expect([kind, await target.apply({ kind: "set-role", ...who, from: "NO", role: "RE" }, "grant")]).toMatchObject([
        kind,
        { role: "RE" },
      ]);
    await target.apply({ kind: "set-names", ...who, firstName: "Nora", lastName: "E" }, "grant");
    await target.apply({ kind: "deactivate", ...who, from: "RE" }, "leaver");
    expect(sandbox.member(email)).toMatchObject({ role: "DI", firstName: "Nora" });
    const removal = { kind: "soft-delete", ...who, from: "DI" } as const;
    await target.apply(removal, "leaver");
    await target.apply(removal, "leaver");
    expect(sandbox.member(email)).toMatchObject({ deleted: true });
  });
}

function listingConformance(scene: () => Scene, isCurrent: boolean): void {
  test("lists members by what the rows tell, even where the server ignores the filter", async () => {
    const { target, sandbox } = scene();
    sandbox.addMember({ email: "old@acme.example", role: "AN", lastActivity: "2020-01-01T00:00:00Z" });
    expect(await listed(target, { roles: ["OW", "MA"], ordering: "user__email" })).toEqual([
      "mara.novak@acme.example",
      "mateo.alvarez@acme.example",
      OWNER,
    ]);
    expect(await listed(target, { search: "kim" })).toEqual([KIM]);
    expect(await listed(target, { lastActivityUntil: "2021-01-01T00:00:00Z" })).toEqual(["old@acme.example"]);
    expect(await listed(target, { roles: ["AN"], lastActivityFrom: "2021-01-01T00:00:00Z" })).toHaveLength(3);
    expect(await listed(target, { userTypes: ["viewonly"] })).toEqual(isCurrent ? ["vera.osman@acme.example"] : []);
    sandbox.tag(KIM, "night");
    expect(await listed(target, { tags: [sandbox.tags()[0]?.id ?? 0] })).toEqual(isCurrent ? [KIM] : []);
  });

  test("leaves out who is in a workspace or project, and soft-deleted people unless asked for", async () => {
    const { target, sandbox } = scene();
    sandbox.joinWorkspace(KIM, "Vision");
    sandbox.joinProject(ANNA, 43);
    expect(await listed(target, { roles: ["AN"], excludeWorkspaceId: 5 })).not.toContain(KIM);
    expect(await listed(target, { roles: ["AN", "AD"], excludeProjectId: 43 })).not.toContain(ANNA);
    expect(await listed(target, { excludeWorkspaceId: 6 })).not.toContain(OWNER);
    sandbox.removeMember(KIM);
    expect(await listed(target, {})).toHaveLength(12);
    expect(await listed(target, { isDeleted: true })).toEqual(isCurrent ? ["deleted"] : []);
  });

  test("tells what members have contributed to, when asked", async () => {
    const { target, sandbox } = scene();
    sandbox.contribute(KIM, 42);
    for await (const [member] of target.members({ search: KIM, contributedToProjects: true }, "sweep"))
      expect(member?.contributedToProjects).toEqual(isCurrent ? [{ id: 42, title: "Street scenes" }] : undefined);
  });
}

function assignablesConformance(scene: () => Scene, isCurrent: boolean): void {
  test("workspaces are told without personal and archived ones", async () => {
    const { target } = scene();
    expect(await target.assignables("workspace", NOTHING, "sweep")).toEqual([
      VISION,
      { kind: "workspace", id: 6, name: "Language" },
    ]);
  });

  test("projects are told by id and by whole title, several of the same title too", async () => {
    const { target, sandbox } = scene();
    sandbox.addProject("STREET scenes", 45);
    const asked = (ids: readonly number[], names: readonly string[]) =>
      target.assignables("project", { ids, names }, "sweep");
    const found = await asked([44, 999], [" street SCENES ", "none", " "]);
    expect(found?.map(({ id }) => id).sort()).toEqual([42, 44, 45]);
    expect(await asked([], [])).toEqual([]);
  });

  test("tags are told all, or undefined where there is no such thing", async () => {
    const { target, sandbox } = scene();
    const labels = Array.from({ length: 130 }, (_, at) => `tag ${at}`);
    for (const label of labels) sandbox.addTag(label);
    const found = await target.assignables("tag", NOTHING, "sweep");
    expect(found?.map((tag) => tag.name)).toEqual(isCurrent ? labels : undefined);
    sandbox.set({ workspaces: "absent" });
    expect(await target.assignables("workspace", NOTHING, "sweep")).toBeUndefined();
  });

  test("what is missing is made once, whatever its letter case", async () => {
    const { target, sandbox } = scene();
    for (const kind of isCurrent ? (["tag", "workspace"] as const) : (["workspace"] as const)) {
      const made = await target.createAssignables(kind, ["Vision", " Blue Team ", "blue team"], "grant");
      expect(made.map((each) => each.name.trim().toLowerCase()).sort()).toEqual(["blue team", "vision"]);
      expect(await target.createAssignables(kind, ["BLUE TEAM", "vision"], "grant")).toHaveLength(2);
    }
    expect(sandbox.workspaces()).toHaveLength(5);
  });

  test("somebody who may not see a kind, or change it, is refused with the vendor's words", async () => {
    const { target, sandbox } = scene();
    sandbox.set({ workspaces: "forbidden" });
    const forbidden = { code: "TARGET_REFUSED", message: expect.stringContaining("You do not have permission") };
    await expect(target.assignables("workspace", NOTHING, "sweep")).rejects.toMatchObject(forbidden);
    await expect(target.assignees(VISION, "sweep")).rejects.toMatchObject(forbidden);
    sandbox.set({ workspaces: "there", manualWorkspaceManagement: false, manualProjectMemberManagement: false });
    const userIds = [sandbox.member(KIM)?.userId ?? 0];
    await expect(target.assign({ kind: "join-workspace", of: VISION, userIds }, "grant")).rejects.toMatchObject({
      code: "TARGET_REFUSED",
      facts: { reason: expect.stringContaining("workspaces.join:403:Manual workspace management") },
    });
    await expect(
      target.assign({ kind: "join-project", of: STREET, role: "RE", userIds }, "grant"),
    ).rejects.toMatchObject({ code: "TARGET_REFUSED" });
  });
}
