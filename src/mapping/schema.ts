import { z } from "zod";
import { DEFAULT_EMAIL_ORDER } from "../directory/index.js";
import { ASSIGNABLE_ROLES, WORKING_ROLES, type Role, type RoleSource } from "../membership/index.js";
import { matchers, ONE_MATCHER, text } from "./matchers.js";
import { safetyFile } from "./safety.js";
import { sectionFiles } from "./sections.js";
import { seatsFile } from "./seats.js";

export const DRIFT_POLICIES = ["report", "enforce"] as const;

const role = z.enum(ASSIGNABLE_ROLES);
const rule = z
  .strictObject({ ...matchers, role: role.describe("OW only with protect.owners: false") })
  .meta(ONE_MATCHER);

const roles = z.strictObject({
  rules: z.array(rule).default([]).describe("Every rule that matches gives its role; precedence decides among several"),
  precedence: z
    .array(role)
    .default([...WORKING_ROLES])
    .describe("Strongest first; what is not listed comes after"),
  default: z
    .enum([...ASSIGNABLE_ROLES, "keep"])
    .default("NO")
    .describe("Role of an active person whom no rule matches; keep: whatever it is at Label Studio"),
});

const driftPolicy = z.enum(DRIFT_POLICIES);
const bySource = driftPolicy.default("report");

const drift = z
  .union([
    driftPolicy,
    z.strictObject({
      manual: bySource.describe("By hand; also whoever was removed from the organisation"),
      saml: bySource,
      scim: bySource.describe("Label Studio's own SCIM"),
      ldap: bySource,
      api: bySource.describe("Another client of the API"),
      billing: bySource,
      other: bySource.describe("Anybody else, or a server that does not say"),
    } satisfies Record<RoleSource, unknown>),
  ])
  .default("report")
  .describe("Roles that were changed at Label Studio: told (report) or put back (enforce); by who changed them");

const protect = z
  .strictObject({
    owners: z.boolean().default(true).describe("Owners are never touched"),
    people: z.array(text).default([]).describe("Addresses that are never touched; * stands for any characters"),
    ceilings: z
      .record(text, role)
      .default({})
      .describe("The most that people with such an address may get, by address; * stands for any characters"),
  })
  .prefault({});

/** The file as written: shape and defaults. What the shape cannot say is in meaning.ts. */
export const mappingFile = z.strictObject({
  version: z.literal(1),
  roles: roles.prefault({}),
  deprovision: z
    .strictObject({
      deactivate: z.literal("DI").default("DI").describe("active=false: role DI"),
      delete: z.enum(["soft-delete", "DI"]).default("soft-delete").describe("DELETE; DI is the reversible choice"),
    })
    .prefault({}),
  identity: z
    .strictObject({
      email: z
        .array(text)
        .min(1)
        .default([...DEFAULT_EMAIL_ORDER])
        .describe("Where the address is looked for, in this order: primary, an e-mail type, only, userName"),
    })
    .prefault({}),
  adopt: z
    .enum(["gentle", "strict"])
    .default("gentle")
    .describe("gentle: members found at Label Studio wait for a rule"),
  create: z.enum(["api", "invite", "never"]).default("api").describe("How people unknown to Label Studio get there"),
  protect,
  drift,
  safety: safetyFile,
  cases: z
    .array(
      z.strictObject({
        groups: z.array(text).default([]).describe("Display names or ids of the groups that somebody is in"),
        user: z.record(z.string(), z.json()).default({}).describe("SCIM attributes of the user"),
        role: z.enum([...ASSIGNABLE_ROLES, "keep"]).describe("What they must get"),
      }),
    )
    .default([])
    .describe("Examples: a file that does not fulfil them is not valid"),
  seats: seatsFile,
  ...sectionFiles,
});

export type MappingFile = z.output<typeof mappingFile>;
export type RuleEntry = MappingFile["roles"]["rules"][number];

/** Every role once: those listed first, the rest in built-in order. */
export const fullPrecedence = (listed: readonly Role[]): readonly Role[] => [
  ...new Set([...listed, ...ASSIGNABLE_ROLES]),
];

/** JSON Schema draft 2020-12 of the file as written, for editors. */
export function mappingJsonSchema(): object {
  const titled = mappingFile.meta({ title: "Mapping of label-studio-scim-bridge" });
  return z.toJSONSchema(titled, { target: "draft-2020-12", io: "input" });
}
