import { isRole, type Role } from "../../membership/index.js";
import type { GroupRoles } from "../../ports.js";
import type { Caller } from "../transport.js";
import { asObject } from "../wire.js";

/**
 * `GET /api/scim/settings` and `/api/saml/settings` (contract 2.10): which groups Label Studio itself gives roles by.
 * Servers without them answer 404; to a key that may not see them, 403: then there is nothing to know.
 */
export async function groupRoles(transport: Caller): Promise<readonly GroupRoles[]> {
  const found: GroupRoles[] = [];
  for (const by of ["scim", "saml"] as const) {
    const path = `/api/${by}/settings`;
    const call = { name: `${by}.settings`, method: "GET", path, urgency: "lower" } as const;
    const { status, json } = await transport.call({ ...call, alsoFine: [403, 404] });
    if (status === 200) found.push(...pairs(asObject(json)?.["roles_groups"]).map((pair) => ({ by, ...pair })));
  }
  return found;
}

/** `[["Administrator", "LS-Admins"], …]`; what is not understood is left out. */
function pairs(value: unknown): readonly { readonly group: string; readonly role: Role }[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair: unknown) => {
    const [name, group] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    const role = typeof name === "string" ? roleOf(name) : undefined;
    return role !== undefined && typeof group === "string" && group.trim() !== "" ? [{ group, role }] : [];
  });
}

/** Their names in Label Studio (contract 2.2), or the codes themselves. */
const NAMES: Readonly<Record<string, Role>> = {
  owner: "OW",
  administrator: "AD",
  manager: "MA",
  reviewer: "RE",
  annotator: "AN",
  pending: "NO",
  deactivated: "DI",
};
const roleOf = (name: string): Role | undefined =>
  NAMES[name.trim().toLowerCase()] ?? (isRole(name) ? name : undefined);
