import { describe, expect, test } from "@jest/globals";
import { formatProblems, parseMapping, type Problem } from "../../src/mapping/index.js";
import { valid } from "./valid.js";

function problems(text: string): readonly Problem[] {
  const parsed = parseMapping(text);
  return parsed.kind === "problems" ? parsed.problems : [];
}

const lines = (text: string): readonly string[] => formatProblems("m", problems(text)).split("\n");

const LIMIT = { share: 0.2, from: 10, atMost: 100, windowMs: 3_600_000 };

describe("a valid file", () => {
  test("version alone gives every default", () => {
    const { index, text, ...content } = valid("version: 1");
    expect(text).toBe("version: 1");
    expect(index.attributes).toEqual([]);
    expect(content).toEqual({
      version: 1,
      roles: { rules: [], precedence: ["OW", "AD", "MA", "RE", "AN", "NO", "DI"], default: "NO" },
      deprovision: { deactivate: "DI", delete: "soft-delete" },
      identity: { email: ["primary", "work", "only", "userName"] },
      adopt: "gentle",
      create: "api",
      protect: { owners: true, people: [], ceilings: [] },
      drift: driftAlike("report"),
      safety: { massChange: LIMIT, massGrant: LIMIT, newSeats: "off" },
      seats: { limit: "hold", upgradeViewOnly: false, rotation: "report", minimumDays: 7 },
      sections: [],
    });
  });

  test("keeps its own examples, or is not valid", () => {
    const rules = "version: 1\nroles:\n  rules:\n    - { group: Leads, role: MA }\n    - { group: 'LS *', role: AN }\n";
    const good = `${rules}cases:\n  - { groups: [LS North, leads], role: MA }\n  - { role: NO }\n`;
    expect(valid(good).roles.rules).toHaveLength(2);
    expect(lines(`${rules}cases:\n  - { groups: [LS North], role: RE }\n  - { groups: [x], role: AN }\n`)).toEqual([
      "m:7:5  this case expects RE, and gets AN (by the rule in line 5)",
      "m:8:5  this case expects AN, and gets NO (no rule matches)",
    ]);
  });

  test("rules carry their line", () => {
    const { rules } = valid(`version: 1
roles:
  rules:
    # the admins
    - group: "LS Admins"
      role: AD

    - { groupId: 00g1abcd, role: RE }
    - user: { attribute: 'roles.value', equals: true }
      role: AN
    - role: MA
      user: { attribute: userName, matches: "*@x.example" }
`).roles;
    expect(rules).toEqual([
      { index: 0, line: 5, role: "AD", matcher: { kind: "group", name: "LS Admins" } },
      { index: 1, line: 8, role: "RE", matcher: { kind: "groupId", id: "00g1abcd" } },
      {
        index: 2,
        line: 9,
        role: "AN",
        matcher: { kind: "user", attribute: "roles.value", comparison: "equals", text: "true" },
      },
      {
        index: 3,
        line: 11,
        role: "MA",
        matcher: { kind: "user", attribute: "userName", comparison: "matches", text: "*@x.example" },
      },
    ]);
  });

  test.each(["", "%YAML 1.1\n---\n", "\ufeff"])("bare NO and off stay words after %j", (start) => {
    const { roles, safety } = valid(
      `${start}version: 1\nroles: { default: NO, precedence: [AN, NO] }\nsafety: { massChange: off }\n`,
    );
    expect(roles.default).toBe("NO");
    expect(roles.precedence).toEqual(["AN", "NO", "OW", "AD", "MA", "RE", "DI"]);
    expect(safety.massChange).toBe("off");
  });

  test.each(["off", '"off"', "false"])("massChange: %s", (value) => {
    expect(valid(`version: 1\nsafety: { massChange: ${value} }`).safety.massChange).toBe("off");
  });

  test("OW where owners are not protected", () => {
    const text = "version: 1\nprotect: { owners: false }\nroles: { default: OW, rules: [{ group: A, role: OW }] }";
    expect(valid(text).roles).toMatchObject({ default: "OW", rules: [{ role: "OW" }] });
  });

  test("e-mail preferences in any letter case, custom types as they are", () => {
    const text = "version: 1\nidentity: { email: [USERNAME, Primary, home] }";
    expect(valid(text).identity.email).toEqual(["userName", "primary", "home", "work", "only"]);
  });

  test("drift: one word for all, or each source of a role by itself", () => {
    const all = driftAlike;
    expect(valid("version: 1\ndrift: enforce").drift).toEqual(all("enforce"));
    const some = valid("version: 1\ndrift: { manual: enforce, saml: report, api: enforce }").drift;
    expect(some).toEqual({ ...all("report"), manual: "enforce", api: "enforce" });
  });

  test("Windows line ends", () => {
    const { rules } = valid("version: 1\r\nroles:\r\n  rules:\r\n    - group: A\r\n      role: AD\r\n").roles;
    expect(rules).toEqual([{ index: 0, line: 4, role: "AD", matcher: { kind: "group", name: "A" } }]);
  });
});

const driftAlike = (policy: string) => ({
  ...{ manual: policy, saml: policy, scim: policy, ldap: policy, api: policy, billing: policy, other: policy },
});

describe("problems", () => {
  test("all at once, in the order of the file, at their places", () => {
    const text = `version: 2
rolse: {}
roles:
  rules:
    - group: "A"
      groupId: x
      role: AD
    - role: ad
    - grop: x
      role: OW
    - group: 2024
      role: RE
    - user: { attribute: 'roles[type eq "x"].value', equals: 007 }
      role: RE
    -
    - user: { attribute: groups.display, equals: x, matches: y }
      role: NOO
    - user: { attribute: a }
    - group: "  "
      role: RE
  precedence: [AD, RE, AD]
  default: kepe
  default: NO
deprovision:
  delete: hard
  deactivate:
identity: { email: [] }
adopt: !!str gentle
protect: { owners: "no" }
safety: { massChange: 10% }
`;
    const roles = "OW, AD, MA, RE, AN, NO, DI";
    expect(lines(text)).toEqual([
      "m:1:10  version is 2: expected 1",
      'm:2:1  unknown key "rolse": did you mean "roles"?',
      "m:6:7  a rule has exactly one of group, groupId, user: this one also has group",
      "m:8:7  a rule has exactly one of group, groupId, user: this one has none",
      `m:8:13  role is "ad": expected one of ${roles}; did you mean AD?`,
      'm:9:7  unknown key "grop": did you mean "group"?',
      "m:9:7  a rule has exactly one of group, groupId, user: this one has none",
      "m:10:13  OW is not granted while owners are protected: choose another role, or set protect.owners: false",
      "m:11:14  group is 2024: expected text, write it in quotes",
      'm:13:26  attribute is not a dotted path: expected one such as roles.value or "urn:…:User:department", without filters',
      "m:13:62  007 is read as 7: write it in quotes",
      "m:15:6  rules is empty: expected a block of keys",
      "m:16:26  groups.display is not an attribute that rules can test: for groups use group or groupId",
      "m:16:53  a user test has exactly one of equals, matches: this one also has equals",
      `m:17:13  role is "NOO": expected one of ${roles}`,
      `m:18:7  role is missing: expected one of ${roles}`,
      "m:18:13  a user test has exactly one of equals, matches: this one has none",
      'm:19:14  group is "  ": expected text that is not blank',
      "m:21:24  AD is listed twice: each at most once",
      'm:23:3  key "default" is here twice: keep one',
      'm:25:11  delete is "hard": expected one of soft-delete, DI',
      "m:26:3  deactivate is empty: expected DI",
      "m:27:20  email is an empty list: expected at least one entry",
      "m:28:14  !!str: tags are not accepted, write the plain value",
      'm:29:20  owners is "no": expected true or false',
      'm:30:23  massChange is "10%": expected off, or a block of share, from, atMost and window',
    ]);
  });

  test("carry the path", () => {
    expect(problems("version: 1\nroles:\n  rules:\n    - { group: A, role: XX }\n    - { group: A, rol: AD }")).toEqual(
      [
        expect.objectContaining({ line: 4, column: 25, path: "roles.rules[0].role" }),
        expect.objectContaining({ line: 5, column: 7, path: "roles.rules[1].role" }),
        expect.objectContaining({ line: 5, column: 19, path: "roles.rules[1].rol" }),
      ],
    );
  });

  test.each([
    ["", "m:1:1  the file is empty: expected a block of keys that begins with version: 1"],
    ["# only a comment\n", "m:1:1  the file is empty: expected a block of keys that begins with version: 1"],
    ["roles", 'm:1:1  the file is "roles": expected a block of keys that begins with version: 1'],
    ["\n- a", "m:2:1  the file is a list: expected a block of keys that begins with version: 1"],
    ["roles: {}", "m:1:1  version is missing: expected 1"],
    ['version: "1"', 'm:1:10  version is "1": expected 1'],
    ["version: 1\nroles:\n  default: OW", "m:3:12  OW is not granted while owners are protected"],
    ["version: 1\nroles:\n  rules:\n", "m:3:3  rules is empty: expected a list"],
    ["version: 1\nroles: { default: VO }", 'm:2:19  default is "VO": expected one of OW, AD, MA, RE, AN, NO, DI, keep'],
    ["version: 1\nidentity: { email: work }", 'm:2:20  email is "work": expected a list'],
    ["version: 1\nidentity: { email: [work, Work] }", "m:2:27  Work is listed twice: each at most once"],
    ["version: 1\n__proto__: {}", 'm:2:1  unknown key "__proto__": accepted here: version, roles, deprovision'],
    ["version: 1\n<<: { adopt: strict }", 'm:2:1  unknown key "<<": accepted here: version'],
    ["version: 1\ntag: []", 'm:2:1  unknown key "tag": did you mean "tags"?'],
    [
      "version: 1\ndrift: enforced",
      'm:2:8  drift is "enforced": expected report, enforce, or a block that says so for manual,',
    ],
    ["version: 1\ndrift: []", "m:2:8  drift is an empty list: expected report, enforce, or a block"],
    ["version: 1\ndrift: { manuel: enforce }", 'm:2:10  unknown key "manuel": did you mean "manual"?'],
    [
      "version: 1\ndrift: { okta: enforce }",
      'm:2:10  unknown key "okta": accepted here: manual, saml, scim, ldap, api',
    ],
    [
      "version: 1\ndrift: { saml: enforced }",
      'm:2:16  saml is "enforced": expected one of report, enforce; did you mean enforce?',
    ],
    ["version: 1\nseats: { limit: 50 }", "m:2:17  limit is 50: expected one of hold, no-access, off"],
    ["version: 1\nseats: { rotation: hodl }", 'rotation is "hodl": expected one of report, hold'],
    ["version: 1\nseats: { minimumDays: 7d }", 'm:2:23  minimumDays is "7d": expected a whole number'],
    ["version: 1\nseats: { minimumDays: 1.5 }", "m:2:23  minimumDays is 1.5: expected a whole number"],
    ["version: 1\nseats: { minimumDays: 400 }", "m:2:23  minimumDays is 400: expected at most 365"],
    ["version: 1\nseats: { upgradeViewOnly: yes }", 'upgradeViewOnly is "yes": expected true or false'],
    [
      "version: 1\nseats: { upgradeviewonly: true }",
      'm:2:10  unknown key "upgradeviewonly": did you mean "upgradeViewOnly"',
    ],
    ["version: 1\nseats: { limit: off, rotation: hold }", "m:2:32  rotation: hold needs limit: hold"],
    ["version: 1\nsafety: { mass_change: off }", 'm:2:11  unknown key "mass_change": did you mean "massChange"?'],
  ])("%j", (text, expected) => {
    expect(lines(text)[0]).toContain(expected);
    expect(problems(text)).toHaveLength(1);
  });

  test("a long value is cut short, a long name refused", () => {
    const long = "x".repeat(300);
    const text = `version: 1\nadopt: ${long}\nroles: { rules: [{ group: ${long}, role: AD }] }`;
    expect(lines(text)[0]).toBe(`m:2:8  adopt is "${"x".repeat(59)}…: expected one of gentle, strict`);
    expect(lines(text)[1]).toMatch(/expected at most 256 characters$/);
  });
});
