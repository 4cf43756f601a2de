import { describe, expect, test } from "@jest/globals";
import type { Examination } from "../../src/beside.js";
import {
  clockFinding,
  conflictFindings,
  mappingFindings,
  sectionFindings,
  storeFindings,
  upstreamFindings,
} from "../../src/cli/findings.js";
import { group, valid } from "../mapping/valid.js";

const MAPPING = valid(
  [
    "version: 1",
    "roles:",
    "  rules:",
    "    - { group: LS Admins, role: AD }",
    "    - { group: LS Typos, role: AN }",
    '    - { groupId: "00g1", role: RE }',
  ].join("\n"),
);

const examination = (more: Partial<Examination> = {}): Examination => ({
  principal: {
    userId: 9,
    email: "",
    organizationId: 1,
    role: "AD",
    permissions: ["organizations.view"],
    keyKind: "personal access token",
  },
  organization: {
    id: 1,
    title: "Acme",
    defaultRole: "NO",
    manualRoleManagement: true,
    manualWorkspaceManagement: false,
    manualProjectMemberManagement: undefined,
  },
  groupRoles: [],
  seats: { used: 3, limit: 5 },
  warnings: [],
  sections: [],
  ...more,
});
const upstream = (more?: Partial<Examination>) => upstreamFindings(examination(more), MAPPING);
const of = (check: string, more?: Partial<Examination>) => upstream(more).find((finding) => finding.check === check);

test.each([
  [0, true, "the same as Label Studio's"],
  [2_400, true, "2 s behind Label Studio's"],
  [-60_000, true, "60 s ahead of Label Studio's"],
  [60_501, false, "61 s behind Label Studio's, at most 60 s are fine"],
  [-3_600_000, false, "3600 s ahead of Label Studio's, at most 60 s"],
  [undefined, true, "not compared"],
])("a clock that differs by %s ms", (skewMs, ok, found) => {
  expect(clockFinding(skewMs)).toMatchObject({ check: "clock", ok, found: expect.stringContaining(found) });
});

describe("Label Studio", () => {
  test("all three flags of manual management, where they are told", () => {
    expect(of("key")).toMatchObject({ found: "personal access token of user 9" });
    expect(of("manual_role_management")).toMatchObject({ ok: true, found: "true" });
    expect(of("manual_workspace_management")).toMatchObject({ ok: true, doubt: true });
    expect(of("manual_project_member_management")).toMatchObject({ ok: true, found: "not reported by this server" });
  });

  test("seats left", () => {
    expect(of("seats")).toEqual({ check: "seats", ok: true, found: "3 of 5 in use, 2 left" });
    const full = of("seats", { seats: { used: 5, limit: 5 } });
    expect(full).toEqual({ check: "seats", ok: false, found: "5 of 5 in use, none left: whoever needs one waits" });
    expect(of("seats", { seats: { used: 5, limit: undefined } })).toMatchObject({ ok: true });
  });

  test("groups that it gives roles by: alike, different, not in the mapping", () => {
    const known = [{ ...group("Reviewers of the IdP"), externalId: "00g1" }];
    const groupRoles = [
      { by: "saml", group: "ls admins", role: "AD" },
      { by: "scim", group: "LS Admins", role: "MA" },
      { by: "scim", group: "Others", role: "AN" },
      { by: "scim", group: "Reviewers of the IdP", role: "RE" },
    ] as const;
    expect(conflictFindings(groupRoles, MAPPING, known)).toMatchObject([
      { check: "its own SAML", ok: true, doubt: true, found: expect.stringContaining("as the mapping does") },
      { ok: false, found: expect.stringMatching(/^gives MA to "LS Admins", the mapping gives AD: /) },
      { ok: false, found: expect.stringMatching(/^gives AN to "Others", no rule of the mapping names it: /) },
      { ok: true, doubt: true },
    ]);
  });
});

describe("the mapping", () => {
  const doubts = (groups: Parameters<typeof mappingFindings>[2], mapping = MAPPING) =>
    mappingFindings("m.yaml", mapping, groups).filter((finding) => finding.doubt);

  test("rules that match no group that is known; before the first push nobody can say", () => {
    expect(doubts([])).toEqual([]);
    expect(doubts([group("LS Admins"), group("Any", "00g1")])).toMatchObject([
      { check: "mapping, line 5", ok: true, found: "matches no group that the identity provider has pushed" },
    ]);
  });

  test("nobody can be administrator", () => {
    const noAdmin = valid("version: 1\nroles: { rules: [{ group: LS Annotators, role: AN }] }");
    expect(doubts([], noAdmin)).toMatchObject([{ found: expect.stringContaining("nobody becomes an administrator") }]);
  });
});

describe("the store", () => {
  const REPORT = {
    ...{ at: "data/bridge.db", engine: "SQLite 3.53.0", bytes: 2_345_678, readOnly: undefined, stepsToDo: 0 },
    unknownSteps: [],
    known: { pending: 12, oldestPendingSeconds: 34, groups: [] },
  };
  const found = (more: Partial<Parameters<typeof storeFindings>[0]> = {}) =>
    storeFindings({ ...REPORT, ...more }).map(
      ({ check, ok, found: what }) => `${ok ? "" : "PROBLEM "}${check}: ${what}`,
    );

  test("engine, size, history, and who has waited longest", () => {
    expect(found()).toEqual([
      "store: SQLite 3.53.0, data/bridge.db, 2.3 MB",
      "store writable: yes",
      "store schema: current",
      "work: 12 people wait, the longest for 34 s",
    ]);
  });

  test("not there yet, not writable, of another version", () => {
    expect(found({ bytes: 0, known: undefined })).toEqual([
      "store: SQLite 3.53.0, data/bridge.db: not there yet",
      "store writable: yes",
      "store schema: the first start creates it",
    ]);
    expect(found({ readOnly: "data: EACCES" })[1]).toBe("PROBLEM store writable: no: data: EACCES");
    expect(found({ stepsToDo: 2 })[2]).toBe("store schema: 2 steps behind: the next start takes them");
    expect(found({ unknownSteps: ["2099"] })[2]).toMatch(/^PROBLEM store schema: a newer version has been there: 2099/);
  });
});

test("tags, workspaces and projects: names that nothing has, or two have, and what there is none of", () => {
  const [workspaces] = valid(
    "version: 1\nworkspaces: { rules: [ { group: A, workspace: vision }, { group: B, workspace: Typo }, { group: C, workspace: 7 } ] }",
  ).sections;
  const of = (id: number, name: string) => ({ kind: "workspace" as const, id, name });
  const found = (all: readonly ReturnType<typeof of>[] | string) =>
    workspaces ? sectionFindings({ section: workspaces, found: all }).map(({ ok, found: what }) => [ok, what]) : [];
  expect(found([of(5, "Vision"), of(6, "Typo"), of(7, "x")])).toEqual([
    [true, "3 rules, additive; every name in them is known"],
  ]);
  expect(found([of(5, "Vision"), of(6, "VISION")])).toEqual([
    [false, 'workspace "vision" (line 2 of the mapping) is the name of 2 at Label Studio (5, 6); name it by its id'],
    [false, 'workspace "Typo" (line 2 of the mapping) does not exist at Label Studio'],
    [false, "workspace 7 (line 2 of the mapping) does not exist at Label Studio"],
  ]);
  expect(found("this Label Studio has no workspaces")).toEqual([[false, "this Label Studio has no workspaces"]]);
});
