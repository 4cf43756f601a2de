import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ASSIGNABLE_ROLES, isWorking, type Member, type Role } from "../../src/membership/index.js";
import {
  applyRails,
  effectOf,
  needsSeat,
  type Change,
  type Operation,
  type RailContext,
  type SeatSupply,
} from "../../src/plan/index.js";
import { valid } from "../mapping/valid.js";

const member = (userId: number, role: string): Member => ({
  userId,
  email: `u${userId}@acme.example`,
  role,
  roleSource: undefined,
  userType: role === "VO" ? "viewonly" : "standard",
  firstName: "",
  lastName: "",
});

function change(userId: number, from: string | undefined, desiredRole: Role | undefined): Change {
  const observed = from === undefined ? undefined : member(userId, from);
  const email = `u${userId}@acme.example`;
  const operation: Operation =
    observed === undefined
      ? { kind: "create-account", email, firstName: "", lastName: "" }
      : { kind: "set-role", userId, email, from, role: desiredRole ?? "NO" };
  return {
    personId: `p${userId}`,
    operation,
    observed,
    addresses: [email],
    desiredRole,
    effect: effectOf(operation, observed, desiredRole),
    origin: "group g1",
    earlier: undefined,
    verdict: { kind: "allowed" },
  };
}

const rails = (supply: Partial<SeatSupply> | undefined): RailContext => ({
  principalId: undefined,
  mapping: valid("version: 1\nseats: { upgradeViewOnly: true }"),
  ownerIds: undefined,
  administrators: undefined,
  budgets: new Map(),
  seats: supply && { used: 0, limit: 0, resting: [], waiting: [], ...supply },
  observeOnly: false,
});

const verdicts = (changes: readonly Change[], supply: Partial<SeatSupply> | undefined) =>
  applyRails(changes, rails(supply)).map(({ personId, verdict }) =>
    verdict.kind === "held" ? `${personId} ${verdict.reason}` : `${personId} goes`,
  );
const going = (changes: readonly Change[], supply: Partial<SeatSupply> | undefined) =>
  applyRails(changes, rails(supply))
    .filter(({ verdict }) => verdict.kind === "allowed")
    .map(({ personId }) => personId);

test.each<[string | undefined, Role | undefined, boolean]>([
  [undefined, "AN", true],
  [undefined, "NO", false],
  [undefined, undefined, false],
  ["NO", "AN", true],
  ["DI", "AD", true],
  ["VO", "AN", true],
  ["AN", "AD", false],
  ["AN", "NO", false],
  ["NO", "DI", false],
])("from %s to %s", (from, to, needs) => {
  expect(needsSeat(change(1, from, to))).toBe(needs);
});

describe("free seats", () => {
  const three = [1, 2, 3].map((id) => change(id, "NO", "AN"));

  test("all are in use: held with the numbers, for no operator to approve, and whoever has one goes on", () => {
    const changes = [...three.slice(0, 1), change(4, "AN", "RE"), change(5, "AN", "NO"), change(6, undefined, "RE")];
    expect(verdicts(changes, { used: 50, limit: 50 })).toEqual([
      "p1 seats: 50 of 50 in use; waits for the next one",
      "p4 goes",
      "p5 goes",
      "p6 seats: 50 of 50 in use; waits for the next one",
    ]);
    const [first] = applyRails(three, rails({ used: 50, limit: 50 }));
    expect(first?.verdict).toMatchObject({ approvable: false, seatless: true });
  });

  test("nothing is known: everybody goes", () => {
    expect(going(three, undefined)).toEqual(["p1", "p2", "p3"]);
  });

  test("go to who has waited longest, here or elsewhere", () => {
    expect(going(three, { used: 49, limit: 50 })).toEqual(["p1"]);
    expect(going(three, { used: 49, limit: 50, waiting: ["p3", "p1"] })).toEqual(["p3"]);
    expect(verdicts(three.slice(0, 1), { used: 49, limit: 50, waiting: ["p9"] })).toEqual([
      "p1 seats: 50 of 50 in use, 1 of them promised to who has waited longer; waits for the next one",
    ]);
    expect(going(three, { used: 48, limit: 50, waiting: ["p9"] })).toEqual(["p1"]);
  });

  test("those given up too early rest, but not for who had them", () => {
    const resting = [{ userId: 2, until: Date.UTC(2027, 0, 8) }];
    expect(verdicts(three.slice(0, 2), { used: 49, limit: 50, resting })).toEqual([
      "p1 seats: 49 of 50 in use; 1 given up too early, the first may be given on 2027-01-08; waits for the next one",
      "p2 goes",
    ]);
    expect(going(three, { used: 48, limit: 50, resting })).toEqual(["p1", "p2"]);
    expect(going(three, { used: 50, limit: 50, resting })).toEqual([]);
  });

  test("who is held for another reason leaves theirs to the next", () => {
    const changes = [{ ...change(1, "NO", "AD"), earlier: { decision: "waiting", reason: "too many" } } as const];
    expect(going([...changes, change(2, "NO", "AN")], { used: 49, limit: 50 })).toEqual(["p2"]);
  });
});

test("never more than are free, never fewer than could go, and nobody else is held", () => {
  const role = fc.constantFrom<string | undefined>(undefined, "OW", "AD", "MA", "RE", "AN", "NO", "DI", "VO");
  const wanted = fc.constantFrom(...ASSIGNABLE_ROLES.filter((code) => code !== "OW"));
  const batch = fc
    .array(fc.tuple(role, wanted), { maxLength: 20 })
    .map((pairs) => pairs.map(([from, to], at) => change(at + 1, from, to)));
  const supply = fc.record({
    used: fc.integer({ min: 0, max: 20 }),
    limit: fc.integer({ min: 0, max: 20 }),
    waiting: fc.uniqueArray(fc.integer({ min: 1, max: 30 }).map((id) => `p${id}`)),
  });
  fc.assert(
    fc.property(batch, supply, (changes, given) => {
      const without = going(changes, undefined);
      const wanting = changes.filter((each) => needsSeat(each) && without.includes(each.personId));
      const went = new Set(going(changes, given));
      const seated = wanting.filter(({ personId }) => went.has(personId));
      const free = Math.max(0, given.limit - given.used);
      const elsewhere = given.waiting.filter((id) => !wanting.some(({ personId }) => personId === id));
      expect(seated.length).toBeLessThanOrEqual(free);
      expect(seated.length).toBeGreaterThanOrEqual(Math.min(wanting.length, free - elsewhere.length));
      expect(without.filter((id) => !wanting.some(({ personId }) => personId === id) && !went.has(id))).toEqual([]);
      for (const { observed } of seated) expect(isWorking(observed?.role)).toBe(false);
    }),
  );
});
