// What to join and to leave, and that it never takes what is not the bridge's to take.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { wanted } from "../../src/mapping/index.js";
import { ASSIGNABLE_KINDS, type Assignable } from "../../src/membership/index.js";
import {
  catalogOf,
  grouped,
  locate,
  reassign,
  reassigned,
  type Granted,
  type Holding,
  type Reassigned,
} from "../../src/plan/index.js";
import { group, userWith, valid } from "../mapping/valid.js";

const IDS = [1, 2, 3] as const;
const ALL: readonly Assignable[] = ASSIGNABLE_KINDS.flatMap((kind) =>
  IDS.map((id) => ({ kind, id, name: `${kind} ${id}` })),
);
const catalog = catalogOf(ALL);

/** Group `gN` puts people into the workspace, the project and the tag N; nothing can name 3 but the template of tags. */
const mappingWith = (manage: "additive" | "exact") =>
  valid(`version: 1
tags: { manage: ${manage}, rules: [ { group: g1, tag: tag 1 }, { group: g2, tag: 2 } ] }
workspaces: { manage: ${manage}, rules: [ { group: g1, workspace: 1 }, { group: g2, workspace: Workspace 2 } ] }
projects: { manage: ${manage}, rules: [ { group: g1, project: 1, role: AN }, { group: g2, project: 2 }, { group: g2, project: 1, role: RE } ] }
`);
const MAPPINGS = { additive: mappingWith("additive"), exact: mappingWith("exact") };

interface Situation {
  readonly manage: "additive" | "exact";
  readonly groups: readonly string[];
  readonly role: string;
  readonly holdings: readonly Holding[];
  readonly granted: readonly Granted[];
}

function look({ manage, groups, role, holdings, granted }: Situation): Reassigned {
  const { sections } = MAPPINGS[manage];
  const given = wanted(
    MAPPINGS[manage],
    userWith({}),
    groups.map((name) => group(name)),
  );
  return reassign(
    { userId: 7, role, located: locate(given, catalog, sections), holdings, granted, awaitsFirstMatch: false },
    sections,
    catalog,
  );
}

const keyOf = ({ kind, id }: Pick<Holding, "kind" | "id">): string => `${kind} ${id}`;

/** The world after it has been carried out, and the ledger after it. */
function after(before: Situation, { operation, ledger }: Reassigned): Situation {
  const gone = new Set(operation?.leave.map(keyOf));
  const joined = (operation?.join ?? []).map(({ of: { kind, id }, role }) => {
    return { kind, id, role: role === "inherit" ? undefined : role };
  });
  const kept = before.holdings.filter(
    (each) => !gone.has(keyOf(each)) && !joined.some((other) => keyOf(other) === keyOf(each)),
  );
  const dropped = new Set([...ledger.drop, ...ledger.put].map(keyOf));
  const granted = [...before.granted.filter((each) => !dropped.has(keyOf(each))), ...ledger.put];
  return { ...before, holdings: [...kept, ...joined], granted };
}

const holding: fc.Arbitrary<Holding> = fc
  .record({
    kind: fc.constantFrom(...ASSIGNABLE_KINDS),
    id: fc.constantFrom(...IDS),
    role: fc.constantFrom(undefined, "AN", "RE"),
  })
  .map(({ kind, id, role }) => ({ kind, id, role: kind === "project" ? role : undefined }));
const situation: fc.Arbitrary<Situation> = fc.record({
  manage: fc.constantFrom("additive", "exact"),
  groups: fc.subarray(["g1", "g2", "g3"]),
  role: fc.constantFrom("AN", "RE", "MA", "NO"),
  holdings: fc.uniqueArray(holding, { selector: keyOf }),
  granted: fc.uniqueArray(
    fc.tuple(holding, fc.boolean()).map(([each, ours]) => ({ ...each, ours })),
    { selector: keyOf },
  ),
});

describe("whatever somebody is in", () => {
  const always = (property: (before: Situation, found: Reassigned) => void): void =>
    fc.assert(
      fc.property(situation, (before) => property(before, look(before))),
      { numRuns: 2_000 },
    );

  test("once carried out nothing is left to do", () =>
    always((before, found) => {
      const next = look(after(before, found));
      expect([next.operation, next.ledger, next.lost]).toEqual([undefined, { put: [], drop: [] }, []]);
    }));

  test("additive leaves only what the bridge has given; exact only that and what its rules can name", () =>
    always(({ manage, granted }, { operation }) => {
      const ours = new Set(granted.filter((each) => each.ours).map(keyOf));
      for (const of of operation?.leave ?? [])
        expect(ours.has(keyOf(of)) || (manage === "exact" && of.id !== 3)).toBe(true);
    }));

  test("nothing is joined that no rule gives, and nothing left that one does", () =>
    always((_before, { operation, desired }) => {
      const wantedKeys = new Set(desired.map(({ of }) => keyOf(of)));
      for (const { of } of operation?.join ?? []) expect(wantedKeys.has(keyOf(of))).toBe(true);
      for (const of of operation?.leave ?? []) expect(wantedKeys.has(keyOf(of))).toBe(false);
    }));

  test("managers and others whose role is not an annotator's or reviewer's get no role of a project", () =>
    always(({ role }, { operation }) => {
      if (role === "AN" || role === "RE") return;
      for (const joining of operation?.join ?? []) expect(joining.role).toBe("inherit");
    }));
});

test("of whom no rule has said anything yet exact takes only what the bridge has given", () => {
  const { sections } = MAPPINGS.exact;
  const holdings = IDS.map((id) => ({ kind: "workspace" as const, id, role: undefined }));
  const granted = [{ kind: "workspace" as const, id: 2, role: undefined, ours: true }];
  const leaves = (awaitsFirstMatch: boolean) =>
    reassign(
      { userId: 7, role: "AN", located: [], holdings, granted, awaitsFirstMatch },
      sections,
      catalog,
    ).operation?.leave.map(({ id }) => id);
  expect([leaves(true), leaves(false)]).toEqual([[2], [1, 2]]);
});

test("while a name is unknown nothing of its kind is left", () => {
  const mapping = valid(
    "version: 1\nworkspaces: { rules: [ { group: g1, workspace: Gone }, { group: g2, workspace: 2 } ] }\n",
  );
  const given = locate(wanted(mapping, userWith({}), [group("g1")]), catalog, mapping.sections);
  const holdings = [{ kind: "workspace" as const, id: 2, role: undefined }];
  const granted = [{ ...holdings[0]!, ours: true }];
  const known = { userId: 7, role: "AN", located: given, holdings, granted, awaitsFirstMatch: false };
  const found = reassign(known, mapping.sections, catalog);
  expect([found.operation, found.ledger.drop]).toEqual([undefined, []]);
});

describe("many people's", () => {
  const [first, second] = [catalog.get("tag", 1), catalog.get("tag", 2)] as [Assignable, Assignable];
  const vision = catalog.get("workspace", 1) as Assignable;
  const part = (
    userId: number,
    join: readonly Assignable[],
    leave: readonly Assignable[],
    tags: readonly Assignable[] = [],
  ) => ({
    operation: { kind: "reassign" as const, userId, join: join.map((of) => ({ of, role: "inherit" as const })), leave },
    tags,
  });

  test("same joins and leaves are one call; whoever only gets tags keeps the others", () => {
    expect(
      grouped([part(7, [vision, first], []), part(8, [vision, first], []), part(9, [second], [first], [first])]),
    ).toEqual([
      { kind: "join-workspace", of: vision, userIds: [7, 8] },
      { kind: "add-tags", tags: [first], userIds: [7, 8] },
      { kind: "set-tags", tags: [second], userIds: [9] },
    ]);
  });

  test("whoever loses one tag is told all that are left, given by hand or not", () => {
    const byHand: Assignable = { kind: "tag", id: 99, name: "by hand" };
    expect(grouped([part(7, [], [first], [byHand, first])])).toEqual([
      { kind: "set-tags", tags: [byHand], userIds: [7] },
    ]);
  });

  test("reads as plans and holds say it", () => {
    expect(reassigned(part(7, [vision], [first]).operation)).toBe("+workspace workspace 1, -tag tag 1");
  });
});
