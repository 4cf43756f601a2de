import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { applyRails, effectOf, type Change, type Operation, type RailContext } from "../../src/plan/index.js";
import { ASSIGNABLE_ROLES, type Member } from "../../src/membership/index.js";
import { valid } from "../mapping/valid.js";

const CONTEXT: RailContext = {
  principalId: 1,
  mapping: valid("version: 1"),
  ownerIds: [2],
  administrators: undefined,
  seats: undefined,
  budgets: new Map(),
  observeOnly: false,
};
const OPEN: RailContext = { ...CONTEXT, mapping: valid("version: 1\nprotect: { owners: false }") };
const PAID: RailContext = { ...CONTEXT, mapping: valid("version: 1\nseats: { upgradeViewOnly: true }") };

const member = (userId: number, role: string, userType: string | undefined = "standard"): Member => ({
  userId,
  email: `u${userId}@acme.example`,
  role,
  roleSource: undefined,
  userType,
  firstName: "",
  lastName: "",
});

const deactivate = (observed: Member): Change => of(observed, { kind: "deactivate", ...about(observed) });
const remove = (observed: Member): Change => of(observed, { kind: "soft-delete", ...about(observed) });
const setRole = (observed: Member, role: (typeof ASSIGNABLE_ROLES)[number]): Change =>
  of(observed, { kind: "set-role", ...about(observed), role });
const rename = (observed: Member): Change =>
  of(observed, { kind: "set-names", userId: observed.userId, firstName: "A", lastName: "B" });

const about = ({ userId, email, role }: Member) => ({ userId, email, from: role });
const of = (observed: Member | undefined, operation: Operation): Change => ({
  personId: `p${observed?.userId ?? "new"}`,
  operation,
  observed,
  addresses: observed ? [observed.email] : [],
  desiredRole: "role" in operation ? operation.role : undefined,
  effect: effectOf(operation, observed, "role" in operation ? operation.role : undefined),
  origin: "group g1",
  earlier: undefined,
  verdict: { kind: "allowed" },
});

const heldIds = (changes: readonly Change[]): readonly string[] =>
  changes
    .filter((change) => change.verdict.kind === "held")
    .map((change) => change.personId)
    .sort();

describe("one change", () => {
  test.each<[string, Change, RailContext, "allowed" | "held"]>([
    ["an ordinary member", deactivate(member(5, "AN")), CONTEXT, "allowed"],
    ["the key's own principal", deactivate(member(1, "AD")), CONTEXT, "held"],
    ["the key's own principal, a name", rename(member(1, "AD")), CONTEXT, "held"],
    ["the key's own principal, whatever protect says", remove(member(1, "AD")), OPEN, "held"],
    ["an Owner deactivated", deactivate(member(2, "OW")), CONTEXT, "held"],
    ["an Owner deleted", remove(member(2, "OW")), CONTEXT, "held"],
    ["an Owner demoted", setRole(member(2, "OW"), "AD"), CONTEXT, "held"],
    ["an Owner whom only the fresh read knows", deactivate(member(2, "AN")), CONTEXT, "held"],
    ["an Owner whom only the cache knows", deactivate(member(9, "OW")), CONTEXT, "held"],
    ["OW granted", setRole(member(5, "AD"), "OW"), CONTEXT, "held"],
    ["OW granted without protection", setRole(member(5, "AD"), "OW"), OPEN, "allowed"],
    ["the last Owner without protection", deactivate(member(2, "OW")), OPEN, "held"],
    ["the last Owner demoted without protection", setRole(member(2, "OW"), "AD"), OPEN, "held"],
    ["the last Owner renamed", rename(member(2, "OW")), OPEN, "allowed"],
    ["one of two Owners without protection", deactivate(member(2, "OW")), { ...OPEN, ownerIds: [2, 3] }, "allowed"],
    ["view-only granted a role", setRole(member(5, "VO", "viewonly"), "AN"), CONTEXT, "held"],
    ["view-only by role alone", setRole(member(5, "VO", undefined), "AN"), CONTEXT, "held"],
    ["view-only granted a role where that is paid for", setRole(member(5, "VO", "viewonly"), "AN"), PAID, "allowed"],
    ["view-only taken access from where that is paid for", setRole(member(5, "VO", "viewonly"), "NO"), PAID, "held"],
    ["view-only deleted where that is paid for", remove(member(5, "VO", "viewonly")), PAID, "held"],
    ["view-only deleted", remove(member(5, "VO", "viewonly")), CONTEXT, "held"],
    ["view-only deactivated", deactivate(member(5, "VO", "viewonly")), CONTEXT, "allowed"],
    ["flex", deactivate(member(5, "AN", "flex")), CONTEXT, "held"],
    ["a service account", setRole(member(5, "AN", "service"), "AD"), CONTEXT, "held"],
    ["a code that nobody knows", setRole(member(5, "ZZ"), "AN"), CONTEXT, "held"],
    ["a code that nobody knows, leaving", deactivate(member(5, "ZZ")), CONTEXT, "held"],
    ["a server that tells no user type", setRole(member(5, "NO", undefined), "AN"), CONTEXT, "allowed"],
    [
      "a new account",
      of(undefined, { kind: "create-account", email: "n@acme.example", firstName: "", lastName: "" }),
      CONTEXT,
      "allowed",
    ],
    ["an invitation as OW", of(undefined, { kind: "invite", email: "n@acme.example", role: "OW" }), CONTEXT, "held"],
    [
      "a new account in observe mode",
      of(undefined, { kind: "create-account", email: "n@acme.example", firstName: "", lastName: "" }),
      { ...CONTEXT, observeOnly: true },
      "held",
    ],
  ])("%s", (_name, change, context, expected) => {
    expect(applyRails([change], context).map(({ verdict }) => verdict.kind)).toEqual([expected]);
  });
});

describe("several Owners at once, protect.owners: false", () => {
  const three = [2, 3, 4].map((id) => member(id, "OW"));
  test("all leaving: exactly one stays, and the others go", () => {
    expect(heldIds(applyRails(three.map(deactivate), { ...OPEN, ownerIds: [2, 3, 4] }))).toEqual(["p2"]);
  });
  test("one of them is the key's own: that one stays, nobody else is held", () => {
    const context = { ...OPEN, principalId: 4, ownerIds: [2, 3, 4] };
    expect(heldIds(applyRails(three.map(deactivate), context))).toEqual(["p4"]);
  });
  test("one of them is held by a rail that comes later in the list: a fixed point, no second one held", () => {
    const owners = [member(2, "OW"), member(3, "OW", "flex")];
    expect(heldIds(applyRails(owners.map(deactivate), { ...OPEN, ownerIds: [2, 3] }))).toEqual(["p3"]);
  });
  test("deactivated, deleted and demoted count alike", () => {
    const [a, b, c] = three;
    if (!a || !b || !c) throw new Error("three owners");
    const changes = [remove(c), setRole(b, "AD"), deactivate(a)];
    expect(heldIds(applyRails(changes, { ...OPEN, ownerIds: [2, 3, 4] }))).toEqual(["p2"]);
  });
});

describe("any batch", () => {
  const withoutVerdict = ({ personId, operation, observed }: Change) => ({ personId, operation, observed });
  const roles = ["OW", "AD", "AN", "NO", "DI", "VO", "ZZ"];
  const change = fc
    .record({
      role: fc.constantFrom(...roles),
      userType: fc.constantFrom("standard", "flex", "viewonly", "service", undefined),
      next: fc.constantFrom(...ASSIGNABLE_ROLES),
      make: fc.constantFrom(deactivate, remove, rename, undefined),
    })
    .map(({ role, userType, next, make }) => (userId: number): Change => {
      const observed = member(userId, role, userType);
      return make === undefined ? setRole(observed, next) : make(observed);
    });
  const batch = fc.array(change, { maxLength: 12 }).map((makes) => makes.map((make, index) => make(index + 1)));
  const context: fc.Arbitrary<RailContext> = fc.record({
    principalId: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
    mapping: fc.constantFrom(CONTEXT.mapping, OPEN.mapping),
    administrators: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
    budgets: fc.constant(CONTEXT.budgets),
    seats: fc.constant(CONTEXT.seats),
    ownerIds: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 14 }), { maxLength: 14 }), { nil: undefined }),
    observeOnly: fc.boolean(),
  });

  test("rails only ever turn allowed into held", () => {
    fc.assert(
      fc.property(batch, context, (changes, rails) => {
        const after = applyRails(changes, rails);
        expect(after.map(withoutVerdict)).toEqual(changes.map(withoutVerdict));
        const again = applyRails(after, rails);
        expect(again).toEqual(after);
      }),
    );
  });

  test("who is held before stays held, with the same reason", () => {
    fc.assert(
      fc.property(batch, context, (changes, rails) => {
        const before = changes.map((each, index): Change =>
          index % 3 === 0
            ? { ...each, verdict: { kind: "held", reason: "earlier", approvable: false, seatless: false } }
            : each,
        );
        applyRails(before, rails).forEach(({ verdict }, index) => {
          if (index % 3 === 0)
            expect(verdict).toEqual({ kind: "held", reason: "earlier", approvable: false, seatless: false });
        });
      }),
    );
  });

  test("the order of the batch does not decide who is held", () => {
    const shuffled = batch.chain((changes) =>
      fc.tuple(fc.constant(changes), fc.shuffledSubarray(changes, { minLength: changes.length })),
    );
    fc.assert(
      fc.property(shuffled, context, ([changes, other], rails) => {
        expect(heldIds(applyRails(other, rails))).toEqual(heldIds(applyRails(changes, rails)));
      }),
    );
  });

  test("never takes the last Owner that the fresh read knows", () => {
    fc.assert(
      fc.property(batch, context, (changes, rails) => {
        const { ownerIds } = rails;
        fc.pre(ownerIds !== undefined && ownerIds.length > 0);
        const lost = applyRails(changes, rails).filter(
          ({ operation, verdict }) =>
            verdict.kind === "allowed" &&
            "userId" in operation &&
            ownerIds?.includes(operation.userId) === true &&
            operation.kind !== "set-names" &&
            !(operation.kind === "set-role" && operation.role === "OW"),
        );
        expect(lost.length).toBeLessThan(ownerIds?.length ?? 0);
      }),
    );
  });
});
