import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ASSIGNABLE_ROLES, type Member, type Role } from "../../src/membership/index.js";
import { applyRails, effectOf, EFFECTS, type Budget, type Change, type RailContext } from "../../src/plan/index.js";
import { valid } from "../mapping/valid.js";

/** 100,000 by RAILS_RUNS; a few thousand in the suite. */
const RUNS = Number(process.env["RAILS_RUNS"] ?? 3_000);

const member = (userId: number, role: string): Member => ({
  userId,
  email: `u${userId}@acme.example`,
  role,
  roleSource: undefined,
  userType: "standard",
  firstName: "",
  lastName: "",
});

const setRole = (userId: number, from: Role, role: Role, origin: string, more: Partial<Change> = {}): Change => {
  const observed = member(userId, from);
  const operation = { kind: "set-role", userId, email: observed.email, from, role } as const;
  return {
    personId: `p${userId}`,
    operation,
    observed,
    addresses: [observed.email],
    desiredRole: role,
    effect: effectOf(operation, observed, role),
    origin,
    earlier: undefined,
    verdict: { kind: "allowed" },
    ...more,
  };
};

const context = (
  mapping: string,
  budgets: Iterable<readonly [Change["effect"] & string, Budget]> = [],
): RailContext => ({
  principalId: undefined,
  mapping: valid(`version: 1\n${mapping}`),
  ownerIds: undefined,
  administrators: undefined,
  seats: undefined,
  budgets: new Map(budgets),
  observeOnly: false,
});

const held = (changes: readonly Change[], rails: RailContext) =>
  applyRails(changes, rails)
    .filter(({ verdict }) => verdict.kind === "held")
    .map(({ personId }) => personId);
const why = (changes: readonly Change[], rails: RailContext) =>
  applyRails(changes, rails).map(({ verdict }) => (verdict.kind === "held" ? verdict.reason : "allowed"));

describe("too many at once", () => {
  const demoted = (count: number, origin = "group g1") =>
    Array.from({ length: count }, (_, at) => setRole(at, "AN", "NO", origin));
  const lower = (budget: Budget) => context("", [["lower", budget]]);

  test.each<[string, Budget, number]>([
    ["below the least number, whatever the share", { applied: 0, waiting: [of("a", 9)], among: 9 }, 0],
    ["the share exactly", { applied: 0, waiting: [of("a", 10)], among: 50 }, 0],
    ["one more than the share", { applied: 0, waiting: [of("a", 11)], among: 50 }, 1],
    ["what was done counts", { applied: 10, waiting: [of("a", 1)], among: 50 }, 1],
    ["the most at once exactly", { applied: 0, waiting: [of("a", 100)], among: 10_000 }, 0],
    ["one more than the most at once", { applied: 99, waiting: [of("a", 2)], among: 10_000 }, 1],
    ["nobody is there to be a share of", { applied: 0, waiting: [of("a", 10)], among: 0 }, 1],
    ["few, but more of what is held already", { applied: 0, waiting: [of("a", 2, true)], among: 50 }, 1],
    [
      "what is held of another origin stands in nobody's way",
      { applied: 0, waiting: [of("z", 30, true), of("a", 5)], among: 50 },
      0,
    ],
    ["older origins that fit go first", { applied: 0, waiting: [of("z", 8), of("a", 5)], among: 50 }, 1],
    [
      "an older origin that does not fit stands in nobody's way",
      { applied: 0, waiting: [of("z", 30), of("a", 5)], among: 50 },
      0,
    ],
  ])("%s", (_name, budget, expected) => {
    expect(held(demoted(1, "a"), lower(budget))).toHaveLength(expected);
  });

  test("says the numbers", () => {
    expect(why(demoted(1), lower({ applied: 0, waiting: [of("group g1", 21)], among: 50 }))).toEqual([
      "safety.massChange (demotions): 21 of 50 is 42 %, limit 20 % within 1 h; approve or reject it",
    ]);
    expect(why(demoted(1), lower({ applied: 60, waiting: [of("group g1", 41)], among: 2_000 }))).toEqual([
      "safety.massChange (demotions): 101 of 2000 is 5 %, limit 100 people within 1 h; approve or reject it",
    ]);
  });

  test("what has been held stays so though it would fit by now, with its own numbers; what was approved goes", () => {
    const room = lower({ applied: 0, waiting: [of("a", 1)], among: 50 });
    const waiting = setRole(1, "AN", "NO", "a", { earlier: { decision: "waiting", reason: "21 of 50" } });
    expect(why([waiting], room)).toEqual(["21 of 50"]);
    const full = lower({ applied: 50, waiting: [of("a", 1)], among: 50 });
    const approved = setRole(1, "AN", "NO", "a", { earlier: { decision: "approved", reason: "21 of 50" } });
    expect(why([approved], full)).toEqual(["allowed"]);
  });

  test("massChange: off switches off what was held before, and the limit on grants", () => {
    const waiting = setRole(1, "AN", "NO", "a", { earlier: { decision: "waiting", reason: "21 of 50" } });
    const off = context("safety: { massChange: off, massGrant: { from: 1 } }", [
      ["administer", { applied: 9, waiting: [of("a", 9)], among: 9 }],
    ]);
    expect(held([waiting, setRole(2, "AN", "AD", "a")], off)).toEqual([]);
  });

  test("a protection comes before the breaker, and is nobody's to approve", () => {
    const rails = {
      ...lower({ applied: 0, waiting: [of("a", 30)], among: 30 }),
      mapping: valid("version: 1\nprotect: { people: ['u1@*'] }"),
    };
    const [first, second] = applyRails([setRole(1, "AN", "NO", "a"), setRole(2, "AN", "NO", "a")], rails);
    expect(first?.verdict).toMatchObject({ kind: "held", approvable: false });
    expect(second?.verdict).toMatchObject({ kind: "held", approvable: true });
  });
});

function of(origin: string, people: number, held = false) {
  return { origin, people, held };
}

describe("protect", () => {
  test.each([
    ["people: [U1@acme.example]", "NO", true],
    ["people: ['*@acme.example']", "NO", true],
    ["people: ['*@acme.exampl']", "NO", false],
    ["ceilings: { '*@acme.example': AN }", "MA", true],
    ["ceilings: { '*@acme.example': RE, 'u1@*': AN }", "RE", true],
    ["ceilings: { '*@acme.example': RE }", "RE", false],
    ["ceilings: { '*@other.example': NO }", "AD", false],
  ] as const)("%s, AN to %s: held %s", (protect, role, expected) => {
    expect(held([setRole(1, "AN", role, "a")], context(`protect: { ${protect} }`))).toHaveLength(expected ? 1 : 0);
  });

  test("a ceiling takes nothing away from who stands above it already", () => {
    expect(held([setRole(1, "AD", "MA", "a")], context("protect: { ceilings: { '*': AN } }"))).toEqual([]);
  });

  test("the last administrator is not demoted, whoever else is", () => {
    const changes = [setRole(3, "AD", "AN", "a"), setRole(2, "AD", "NO", "a"), setRole(4, "AN", "NO", "a")];
    expect(held(changes, { ...context(""), administrators: 2 })).toEqual(["p2"]);
    expect(held(changes, { ...context(""), administrators: 3 })).toEqual([]);
  });
});

test("over any plan no budget is overdrawn, nothing of an origin goes without the rest of it, and the order decides nothing", () => {
  const roles = ASSIGNABLE_ROLES.filter((role) => role !== "OW");
  const change = fc.record({
    from: fc.constantFrom(...roles),
    to: fc.constantFrom(...roles),
    origin: fc.constantFrom("a", "b", "c", "d", "e"),
  });
  const plan = fc.record({
    changes: fc.array(change, { maxLength: 30 }),
    applied: fc.integer({ min: 0, max: 12 }),
    among: fc.integer({ min: 0, max: 60 }),
    from: fc.integer({ min: 1, max: 12 }),
    atMost: fc.integer({ min: 1, max: 20 }),
    share: fc.integer({ min: 0, max: 100 }),
  });
  fc.assert(
    fc.property(plan, ({ changes, applied, among, from, atMost, share }) => {
      const all = changes.map((each, at) => setRole(at + 1, each.from, each.to, each.origin));
      const limit = `{ share: ${share}%, from: ${from}, atMost: ${atMost} }`;
      const budgets = EFFECTS.map((effect) => [effect, { applied, among, waiting: origins(all, effect) }] as const);
      const rails = context(`safety: { massChange: ${limit}, massGrant: ${limit}, newSeats: ${limit} }`, budgets);
      const after = applyRails(all, rails);
      for (const effect of EFFECTS) {
        const those = after.filter((each) => each.effect === effect);
        const gone = those.filter(({ verdict }) => verdict.kind === "allowed");
        const total = applied + gone.length;
        if (gone.length > 0) expect(total > atMost || (total >= from && total > (share / 100) * among)).toBe(false);
        for (const origin of new Set(those.map((each) => each.origin)))
          expect(new Set(those.filter((each) => each.origin === origin).map(({ verdict }) => verdict.kind)).size).toBe(
            1,
          );
      }
      expect(held([...all].reverse(), rails).sort()).toEqual(held(all, rails).sort());
    }),
    { numRuns: RUNS },
  );
});

const origins = (changes: readonly Change[], effect: Change["effect"]): Budget["waiting"] => {
  const those = changes.filter((each) => each.effect === effect).map(({ origin }) => origin);
  return [...new Set(those)].map((origin) => of(origin, those.filter((each) => each === origin).length));
};
