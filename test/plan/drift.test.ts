import { describe, expect, test } from "@jest/globals";
import { driftOf, reported, type Account, type Decision, type Drift } from "../../src/plan/index.js";
import { valid } from "../mapping/valid.js";

const observed = {
  userId: 7,
  email: "ada@acme.example",
  role: "MA",
  roleSource: "saml",
  userType: "standard",
  firstName: "",
  lastName: "",
};
const account: Account = {
  person: { id: "p1", standing: "active", email: "ada@acme.example", firstName: "", lastName: "", leaverDue: false },
  resolution: { role: "AN", matched: true, reasons: [] },
  link: undefined,
  observed,
  formerUserId: undefined,
  invited: false,
};
const change = (operation: Extract<Decision, { kind: "change" }>["operation"]): Decision => ({
  kind: "change",
  operation,
  reason: "rule",
  desiredRole: "AN",
});
const toAnnotator = change({ kind: "set-role", userId: 7, email: "ada@acme.example", from: "MA", role: "AN" });

const LEFT = { role: "AN", desiredRole: "AN", reason: "rule" };

describe("driftOf", () => {
  test("the same role is wanted as last time, and another is there", () => {
    const drift: Drift = { role: "MA", desiredRole: "AN", source: "saml" };
    expect(driftOf(account, toAnnotator, LEFT)).toEqual(drift);
  });

  test("a source that is not told, or not known, is other; who has vanished was removed by hand", () => {
    const by = (roleSource: string | undefined) =>
      driftOf({ ...account, observed: { ...observed, roleSource } }, toAnnotator, LEFT)?.source;
    expect([by(undefined), by("workflow"), by("api")]).toEqual(["other", "other", "api"]);
    const gone = driftOf({ ...account, observed: undefined }, toAnnotator, { ...LEFT, role: "MA", desiredRole: "MA" });
    expect(gone).toEqual({ role: undefined, desiredRole: "AN", source: "manual" });
  });

  test("told before, it is drift still", () => {
    const told = { role: "RE", desiredRole: "AN", reason: "drift" };
    expect(driftOf(account, toAnnotator, told)?.role).toBe("MA");
  });

  test("whoever was invited and has come was given no role yet: no drift", () => {
    const invited = { role: undefined, desiredRole: "AN", reason: "invited by e-mail" };
    expect(driftOf(account, toAnnotator, invited)).toBeUndefined();
  });

  test("another role is wanted than last time: no drift", () => {
    expect(driftOf(account, toAnnotator, { ...LEFT, role: "RE", desiredRole: "RE" })).toBeUndefined();
  });

  test.each([
    change({ kind: "deactivate", userId: 7, email: "ada@acme.example", from: "MA" }),
    change({ kind: "soft-delete", userId: 7, email: "ada@acme.example", from: "MA" }),
    change({ kind: "create-account", email: "ada@acme.example", firstName: "", lastName: "" }),
    change({ kind: "set-names", userId: 7, firstName: "A", lastName: "B" }),
  ])("no drift: $operation.kind", (decision) => {
    expect(driftOf(account, decision, LEFT)).toBeUndefined();
  });
});

describe("reported", () => {
  const drift: Drift = { role: "MA", desiredRole: "AN", source: "saml" };

  test("with both roles and who changed it", () => {
    expect(reported(drift, valid("version: 1"))).toEqual({
      kind: "settled",
      reason: "drift",
      desiredRole: "AN",
      warning: "role changed to MA (saml) at Label Studio; the mapping says AN; drift: report leaves it so",
    });
  });

  test("not where the mapping puts that source's changes back", () => {
    expect(reported(drift, valid("version: 1\ndrift: { saml: enforce }"))).toBeUndefined();
    expect(reported(drift, valid("version: 1\ndrift: { manual: enforce }"))).toBeDefined();
  });
});
