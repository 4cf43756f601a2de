import { createHash } from "node:crypto";
import type { Mapping } from "./rules.js";

/**
 * SHA-256 (hex) of what the mapping says. Comments, the order of keys, line numbers, and defaults written out or left
 * away do not change it. The order of rules does: it decides which of two equal rules is named as the reason.
 */
export function mappingDigest(mapping: Mapping): string {
  const rules = mapping.roles.rules.map(({ matcher, role }) => ({ matcher, role }));
  const sections = mapping.sections.map(({ kind, manage, create, rules: given }) => {
    return { kind, manage, create, rules: given.map(({ matcher, to, role }) => ({ matcher, to, role })) };
  });
  const content = {
    ...mapping,
    roles: { ...mapping.roles, rules },
    // A file without them says what it said before there were any.
    sections: sections.length > 0 ? sections : undefined,
    index: undefined,
    text: undefined,
  };
  return createHash("sha256").update(JSON.stringify(content, sortedKeys)).digest("hex");
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
