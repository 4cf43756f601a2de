import { expect, test } from "@jest/globals";
import { mappingDigest } from "../../src/mapping/index.js";
import { valid } from "./valid.js";

const base = "version: 1\nroles:\n  rules:\n    - { group: A, role: AD }\n    - { group: B, role: RE }\n";
const digest = (text: string): string => mappingDigest(valid(text));

test("is a SHA-256 in hex", () => {
  expect(digest(base)).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ["comments and blank lines", `# hello\n\n${base.replace("roles:", "roles: # here\n\n")}`],
  ["order of keys", "roles: { rules: [{ role: AD, group: A }, { role: RE, group: B }] }\nversion: 1"],
  [
    "defaults written out",
    `${base}  precedence: [OW, AD, MA, RE, AN]\nadopt: gentle\nsafety: { massChange: { share: 20% } }\ndrift: { saml: report }\n`,
  ],
])("is not changed by %s", (_what, text) => {
  expect(digest(text)).toBe(digest(base));
});

test.each([
  ["a role", base.replace("RE", "AN")],
  ["a matcher", base.replace("group: B", "groupId: B")],
  ["the default", `${base}  default: keep\n`],
  ["the precedence", `${base}  precedence: [RE, AD]\n`],
  ["identity", `${base}identity: { email: [work] }\n`],
  ["adopt", `${base}adopt: strict\n`],
  ["create", `${base}create: never\n`],
  ["deprovision", `${base}deprovision: { delete: DI }\n`],
  ["protect", `${base}protect: { owners: false }\n`],
  ["safety", `${base}safety: { massChange: off }\n`],
  ["drift", `${base}drift: { manual: enforce }\n`],
])("is changed by %s", (_what, text) => {
  expect(digest(text)).not.toBe(digest(base));
});
