import { examine } from "../beside.js";
import { readEnvironment } from "../config.js";
import { isRetryable } from "../errors.js";
import type { GroupRoles } from "../ports.js";
import { EXIT, type Io } from "./io.js";
import { refuse } from "./serve.js";
import { readSettings } from "./settings.js";

/** Label Studio's own SCIM and SAML role mappings as a mapping file on standard output. Exit code 1 when there are none. */
export async function importLse({ json }: { readonly json: boolean }, io: Io): Promise<number> {
  const settings = await readSettings(readEnvironment(io.environment));
  if (settings.kind === "problems") return refuse(io, settings.problems);
  try {
    const { groupRoles } = await examine(settings.config, settings.mapping, () => undefined);
    if (json) io.out(JSON.stringify({ version: 1, roles: { rules: rulesOf(groupRoles) } }, undefined, 2));
    else for (const line of mappingLines(groupRoles)) io.out(line);
    if (groupRoles.length === 0)
      io.err("Label Studio gives no roles by groups: neither its SCIM nor its SAML settings name any.");
    return groupRoles.length === 0 ? EXIT.problems : EXIT.fine;
  } catch (error) {
    io.err(error instanceof Error ? error.message : String(error));
    return isRetryable(error) ? EXIT.unreachable : EXIT.problems;
  }
}

const distinct = (found: readonly GroupRoles[]): readonly GroupRoles[] => [
  ...new Map(found.map((each) => [`${each.role} ${each.group.trim().toLowerCase()}`, each])).values(),
];

/** A mapping file as JSON is one as YAML, too. */
const rulesOf = (found: readonly GroupRoles[]) =>
  distinct(found).flatMap(({ group, role }) => (role === "OW" ? [] : [{ group, role }]));

function mappingLines(found: readonly GroupRoles[]): readonly string[] {
  const owners = distinct(found).filter(({ role }) => role === "OW");
  const rules = distinct(found).filter(({ role }) => role !== "OW");
  return [
    "version: 1",
    "roles:",
    rules.length === 0 ? "  rules: []" : "  rules:",
    ...rules.map(
      ({ by, group, role }) =>
        `    - { group: ${JSON.stringify(group)}, role: ${role} } # ${by.toUpperCase()} settings`,
    ),
    ...owners.map(({ group }) => `    # ${JSON.stringify(group)} gave Owner, which cannot be assigned`),
  ];
}
