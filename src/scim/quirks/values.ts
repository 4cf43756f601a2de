import type { Json } from "../../directory/index.js";
import type { AttributeRule } from "../attributes.js";

interface ValueQuirk {
  readonly name: string;
  readonly vendor: string;
  readonly apply: (rule: AttributeRule, value: Json) => Json;
}

/** Both say "unassigned" (RFC 7643 §2.5 says so of null; Okta and Entra clear with ""). */
export const isEmpty = (value: Json | undefined): boolean => value === null || value === "";

export const VALUE_QUIRKS: readonly ValueQuirk[] = [
  {
    name: "one value for many",
    vendor: "rfc-only clients",
    apply: (rule, value) => (rule.multiValued && !Array.isArray(value) && !isEmpty(value) ? [value] : value),
  },
  {
    // Entra's older manager form: value: [{ "$ref": …, "value": … }].
    name: "list for one",
    vendor: "Entra ID",
    apply: (rule, value) =>
      !rule.multiValued && rule.type === "complex" && Array.isArray(value) && value.length <= 1
        ? ((value as readonly Json[])[0] ?? null)
        : value,
  },
  {
    // Entra's manager is the bare id; a bare string in a list of e-mails or roles is its value as well.
    name: "bare string for complex",
    vendor: "Entra ID",
    apply: (rule, value) =>
      !rule.multiValued && rule.sub.has("value") && typeof value === "string" && value !== "" ? { value } : value,
  },
  {
    // SingleAppRoleAssignment: value: "{\"id\":…,\"value\":\"Admin\",\"displayName\":…}".
    name: "role as JSON in a string",
    vendor: "Entra ID",
    apply: (rule, value) => (!rule.multiValued && rule.name === "roles" ? unpackedRole(value) : value),
  },
  {
    name: "displayName for display",
    vendor: "Entra ID",
    apply: (rule, value) =>
      !rule.multiValued && rule.sub.has("display") && !rule.sub.has("displayname") ? displayOf(value) : value,
  },
  {
    name: "string boolean",
    vendor: "Entra ID",
    apply: (rule, value) =>
      rule.type === "boolean" && typeof value === "string"
        ? (BOOLEANS.get(value.trim().toLowerCase()) ?? value)
        : value,
  },
];

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

function unpackedRole(role: Json): Json {
  const packed = typeof role === "object" && role !== null && "value" in role ? role.value : undefined;
  if (typeof packed !== "string" || !packed.trimStart().startsWith("{")) return role;
  try {
    const { value, displayName } = JSON.parse(packed) as Record<string, Json>;
    if (typeof value !== "string") return role;
    return { ...(role as object), value, ...(typeof displayName === "string" ? { display: displayName } : {}) };
  } catch {
    return role;
  }
}

function displayOf(value: Json): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const keys = new Map(Object.keys(value).map((key) => [key.toLowerCase(), key]));
  const sent = keys.get("displayname");
  if (sent === undefined) return value;
  const hasDisplay = keys.has("display");
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]: [string, Json]): [string, Json][] => {
      if (key !== sent) return [[key, part]];
      return hasDisplay ? [] : [["display", part]];
    }),
  );
}
