import { describe, expect, test } from "@jest/globals";
import { decide, namesKey, type Account, type Decision, type LinkFacts, type Person } from "../../src/plan/index.js";
import type { Rules } from "../../src/plan/index.js";
import type { Member, Role } from "../../src/membership/index.js";

const RULES: Rules = {
  deprovision: { deactivate: "DI", delete: "soft-delete" },
  create: "api",
  adopt: "gentle",
  protect: { owners: true, people: [], ceilings: [] },
  drift: {
    ...{ manual: "report", saml: "report", scim: "report", ldap: "report", api: "report", billing: "report" },
    other: "report",
  },
};

const person = (more: Partial<Person> = {}): Person => ({
  id: "p1",
  standing: "active",
  email: "ada@acme.example",
  firstName: "Ada",
  lastName: "L",
  leaverDue: false,
  ...more,
});

const member = (role: string | undefined, more: Partial<Member> = {}): Member => ({
  userId: 7,
  email: "ada@acme.example",
  role,
  roleSource: "manual",
  userType: "standard",
  firstName: "Ada",
  lastName: "L",
  ...more,
});

const link = (more: Partial<LinkFacts> = {}): LinkFacts => ({
  userId: 7,
  createdByUs: false,
  everMatched: false,
  roleBeforeDeactivation: undefined,
  namesSent: namesKey(person()),
  ...more,
});

const matched = (role: Role) => ({
  role,
  matched: true,
  reasons: [
    {
      rule: 0,
      line: 5,
      role,
      won: true,
      matched: { kind: "attribute", attribute: "title", value: "x" },
    } as const,
  ],
});
const fallback = (role: Role | "keep") => ({ role, matched: false, reasons: [] });

const account = (more: Partial<Account> = {}): Account => ({
  person: person(),
  resolution: matched("AN"),
  link: link(),
  observed: member("NO"),
  formerUserId: undefined,
  invited: false,
  ...more,
});

/** `kind`, and of an operation what distinguishes it. */
function brief(decision: Decision): string {
  if (decision.kind !== "change") return decision.kind;
  const { operation } = decision;
  const role = "role" in operation ? ` ${operation.role}` : "";
  return operation.kind + ("userId" in operation ? ` ${operation.userId}` : "") + role;
}

const inactive = (leaverDue: boolean) => ({
  person: person({ standing: "inactive", leaverDue }),
  resolution: undefined,
});
const deleted = (leaverDue: boolean) => ({ person: person({ standing: "deleted", leaverDue }), resolution: undefined });

describe("an active member", () => {
  test.each<[string, Partial<Account>, Partial<Rules>, string]>([
    ["gets the role of the rule", {}, {}, "set-role 7 AN"],
    ["is settled with it", { observed: member("AN") }, {}, "settled"],
    ["awaits the first match when adopted", { resolution: fallback("NO"), observed: member("AD") }, {}, "settled"],
    [
      "does not wait under adopt: strict",
      { resolution: fallback("NO"), observed: member("AD") },
      { adopt: "strict" },
      "set-role 7 NO",
    ],
    [
      "gets the default once a rule has matched",
      { resolution: fallback("NO"), observed: member("AD"), link: link({ everMatched: true }) },
      {},
      "set-role 7 NO",
    ],
    [
      "gets the default when the bridge made the account",
      { resolution: fallback("RE"), link: link({ createdByUs: true }) },
      {},
      "set-role 7 RE",
    ],
    ["keeps under keep", { resolution: fallback("keep"), observed: member("MA") }, {}, "settled"],
    [
      "keeps a code that nobody knows under keep",
      { resolution: fallback("keep"), observed: member("ZZ"), link: link({ roleBeforeDeactivation: "AN" }) },
      {},
      "settled",
    ],
    [
      "is restored under keep to the role before the bridge's DI",
      { resolution: fallback("keep"), observed: member("DI"), link: link({ roleBeforeDeactivation: "MA" }) },
      {},
      "set-role 7 MA",
    ],
    [
      "is restored too while awaiting the first match",
      { resolution: fallback("NO"), observed: member("DI"), link: link({ roleBeforeDeactivation: "MA" }) },
      {},
      "set-role 7 MA",
    ],
    [
      "who was DI before the bridge came stays so under keep",
      { resolution: fallback("keep"), observed: member("DI") },
      {},
      "settled",
    ],
    [
      "gets the IdP's new name",
      { observed: member("AN"), link: link({ namesSent: namesKey({ firstName: "Old", lastName: "L" }) }) },
      {},
      "set-names 7",
    ],
    [
      "keeps the name given at Label Studio",
      { observed: member("AN", { firstName: "Countess", lastName: "" }) },
      {},
      "settled",
    ],
    [
      "of an unusual kind is never renamed",
      { observed: member("AN", { userType: "flex" }), link: link({ namesSent: "[]" }) },
      {},
      "settled",
    ],
  ])("%s", (_name, more, rules, expected) => {
    expect(brief(decide(account(more), { ...RULES, ...rules }))).toBe(expected);
  });

  test("with another address at Label Studio is settled with a warning", () => {
    const decision = decide(account({ observed: member("AN", { email: "old@acme.example" }) }), RULES);
    expect(decision).toMatchObject({ kind: "settled", warning: expect.stringContaining("e-mail") });
  });
});

describe("an active person without a membership", () => {
  const absent = { observed: undefined, link: undefined };
  test.each<[string, Partial<Account>, Partial<Rules>, string]>([
    ["is created", absent, {}, "create-account"],
    ["is invited under create: invite", absent, { create: "invite" }, "invite AN"],
    ["is failing under create: never", absent, { create: "never" }, "failing"],
    ["is failing without an e-mail", { ...absent, person: person({ email: undefined }) }, {}, "failing"],
    ["is brought back by the stored user id", { ...absent, formerUserId: 9 }, {}, "set-role 9 AN"],
    [
      "is brought back with NO under keep",
      { ...absent, formerUserId: 9, resolution: fallback("keep") },
      {},
      "set-role 9 NO",
    ],
    [
      "is not asked for twice while invited",
      { ...absent, formerUserId: 9, invited: "kim@acme.example" },
      {},
      "settled",
    ],
  ])("%s", (_name, more, rules, expected) => {
    expect(brief(decide(account(more), { ...RULES, ...rules }))).toBe(expected);
  });
});

describe("a leaver", () => {
  test.each<[string, Partial<Account>, Partial<Rules>, string]>([
    ["inactive: DI", { ...inactive(true), observed: member("AN") }, {}, "deactivate 7"],
    ["inactive: DI as drift too", { ...inactive(false), observed: member("AN") }, {}, "deactivate 7"],
    ["inactive and DI: sent on a transition", { ...inactive(true), observed: member("DI") }, {}, "deactivate 7"],
    ["inactive and DI: nothing otherwise", { ...inactive(false), observed: member("DI") }, {}, "settled"],
    ["inactive and unknown: not created", { ...inactive(true), observed: undefined, link: undefined }, {}, "settled"],
    [
      "inactive and removed: not brought back",
      { ...inactive(true), observed: undefined, formerUserId: 9 },
      {},
      "settled",
    ],
    [
      "inactive before the invitation is accepted: revoked",
      { ...inactive(false), observed: undefined, link: undefined, invited: "old@acme.example" },
      {},
      "revoke-invitation",
    ],
    ["inactive view-only: DI", { ...inactive(true), observed: member("VO") }, {}, "deactivate 7"],
    ["deleted: soft delete", { ...deleted(true), observed: member("AN") }, {}, "soft-delete 7"],
    ["deleted while DI: soft delete", { ...deleted(true), observed: member("DI") }, {}, "soft-delete 7"],
    ["deleted and gone", { ...deleted(true), observed: undefined }, {}, "settled"],
    [
      "deleted under delete: DI: sent on a transition",
      { ...deleted(true), observed: member("DI") },
      { deprovision: { deactivate: "DI", delete: "DI" } },
      "deactivate 7",
    ],
    [
      "deleted under delete: DI: nothing once done",
      { ...deleted(false), observed: member("DI") },
      { deprovision: { deactivate: "DI", delete: "DI" } },
      "settled",
    ],
    [
      "deleted view-only: DI, never more",
      { ...deleted(true), observed: member("VO", { userType: "viewonly" }) },
      {},
      "deactivate 7",
    ],
  ])("%s", (_name, more, rules, expected) => {
    expect(brief(decide(account(more), { ...RULES, ...rules }))).toBe(expected);
  });
});
