import { describe, expect, test } from "@jest/globals";
import type { Assignable } from "../../src/membership/index.js";
import type { Assigned } from "../../src/ports.js";
import type { Assignment } from "../../src/plan/assignment.js";
import type { Scene } from "./target.js";

const VISION: Assignable = { kind: "workspace", id: 5, name: "Vision" };
const STREET: Assignable = { kind: "project", id: 42, name: "Street scenes" };
const PEOPLE = ["anna.nilsson@acme.example", "anton.nowak@acme.example", "kim.lee@acme.example"] as const;
const [ANNA, ANTON, KIM] = PEOPLE;
const STRANGER = 4711;

export function assignmentConformance(scene: () => Scene, hasTags: boolean): void {
  const idsOf = (emails: readonly string[]) => emails.map((email) => scene().sandbox.member(email)?.userId ?? 0);
  const assign = (assignment: Assignment): Promise<Assigned> => scene().target.assign(assignment, "grant");
  /** Twice: what is so already is success. */
  const assignTwice = async (assignment: Assignment): Promise<void> => {
    for (const time of ["once", "again"]) {
      const { done, refused } = await assign(assignment);
      expect([time, [...done].sort(), refused]).toEqual([time, [...assignment.userIds].sort(), []]);
    }
  };
  const inVision = () => scene().sandbox.workspaces()[0]?.members;
  const street = () => scene().sandbox.projects()[0];

  describe("assigns", () => {
    test("nobody without a call", async () => {
      scene().sandbox.clearCalls();
      expect(await assign({ kind: "join-workspace", of: VISION, userIds: [] })).toEqual({ done: [], refused: [] });
      expect(scene().sandbox.calls.filter(({ path }) => path.startsWith("/api/workspaces/"))).toEqual([]);
    });

    test("to a workspace and out of it", async () => {
      scene().sandbox.joinWorkspace(ANTON, "Vision");
      await assignTwice({ kind: "join-workspace", of: VISION, userIds: idsOf(PEOPLE) });
      expect(inVision()).toEqual(PEOPLE);
      const assignees = await scene().target.assignees(VISION, "sweep");
      expect(assignees.map(({ userId }) => userId).sort()).toEqual(idsOf(PEOPLE).sort());
      await assignTwice({ kind: "leave-workspace", of: VISION, userIds: idsOf([ANNA, KIM]) });
      expect(inVision()).toEqual([ANTON]);
    });

    test("to a project with a role, another role and none, and out of it", async () => {
      const userIds = idsOf([ANNA, KIM]);
      await assignTwice({ kind: "join-project", of: STREET, role: "RE", userIds });
      expect(street()).toMatchObject({ members: [ANNA, KIM], roles: { [ANNA]: "RE", [KIM]: "RE" } });
      await assignTwice({ kind: "join-project", of: STREET, role: "AN", userIds });
      expect(street()?.roles).toEqual({ [ANNA]: "AN", [KIM]: "AN" });
      await assignTwice({ kind: "join-project", of: STREET, role: "inherit", userIds: idsOf([ANNA]) });
      scene().sandbox.joinWorkspace(ANTON, "Vision");
      const assignees = await scene().target.assignees(STREET, "sweep");
      expect([...assignees].sort((one, other) => one.userId - other.userId)).toEqual([
        { userId: userIds[0], role: undefined },
        { userId: userIds[1], role: "AN" },
      ]);
      await assignTwice({ kind: "leave-project", of: STREET, userIds });
      expect(street()).toMatchObject({ members: [], roles: {} });
    });

    test("all but those whom Label Studio does not know", async () => {
      const userIds = [...idsOf([ANNA, KIM]), STRANGER, ...idsOf([ANTON])];
      for (const assignment of [
        { kind: "join-workspace", of: VISION, userIds },
        { kind: "join-project", of: STREET, role: "RE", userIds },
      ] as const) {
        const { done, refused } = await assign(assignment);
        expect([...done].sort()).toEqual(idsOf(PEOPLE).sort());
        expect(refused).toEqual([
          { userId: STRANGER, message: expect.any(String), reason: expect.stringMatching(/\.join:(200|400):/) },
        ]);
        expect(refused[0]?.reason).not.toContain("4711");
      }
      expect(inVision()).toEqual(PEOPLE);
      expect(street()?.members).toEqual(PEOPLE);
    });

    test("nobody to what is gone", async () => {
      scene().sandbox.remove("workspace", 5);
      scene().sandbox.remove("project", 42);
      const userIds = idsOf([KIM]);
      for (const assignment of [
        { kind: "join-workspace", of: VISION, userIds },
        { kind: "leave-workspace", of: VISION, userIds },
        { kind: "join-project", of: STREET, role: "RE", userIds },
      ] as const)
        await expect(assign(assignment)).rejects.toMatchObject({ code: "TARGET_REFUSED" });
      await expect(scene().target.assignees(STREET, "sweep")).rejects.toMatchObject({ code: "TARGET_REFUSED" });
      // The route is there all the same: it is not taken for missing.
      const language: Assignable = { kind: "workspace", id: 6, name: "Language" };
      await assignTwice({ kind: "join-workspace", of: language, userIds });
    });

    test("nobody who is not wanted any more when the call has its turn", async () => {
      const { target } = scene();
      const assignment = { kind: "join-workspace", of: VISION, userIds: idsOf([KIM]) } as const;
      const refusal = target.assign(assignment, "grant", () => Promise.resolve(false));
      await expect(refusal).rejects.toMatchObject({ code: "VERSION_CONFLICT" });
      expect(inVision()).toEqual([]);
    });

    if (!hasTags) return;
    test("tags: adds them, replaces them, and takes them all away", async () => {
      const { sandbox } = scene();
      const tags = (...labels: readonly string[]): readonly Assignable[] =>
        sandbox.tags().flatMap(({ id, label }) => (labels.includes(label) ? { kind: "tag", id, name: label } : []));
      for (const label of ["one", "two", "three"]) sandbox.addTag(label);
      sandbox.tag(ANTON, "three");
      await assignTwice({ kind: "add-tags", tags: tags("one", "two"), userIds: idsOf(PEOPLE) });
      await assignTwice({ kind: "set-tags", tags: tags("two"), userIds: idsOf([ANTON, KIM]) });
      expect(sandbox.tags().map(({ members }) => members)).toEqual([[ANNA], PEOPLE, []]);
      await assignTwice({ kind: "set-tags", tags: [], userIds: idsOf([ANTON, KIM]) });
      expect(sandbox.tags().map(({ members }) => members)).toEqual([[ANNA], [ANNA], []]);
      const { done, refused } = await assign({
        kind: "add-tags",
        tags: tags("three"),
        userIds: [STRANGER, ...idsOf([ANNA])],
      });
      expect([done, refused.map(({ userId }) => userId)]).toEqual([idsOf([ANNA]), [STRANGER]]);
    });
  });
}
