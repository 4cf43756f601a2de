// `bulkId:x` stands for the id of what the POST with the bulkId x creates (RFC 7644 §3.7.2). A value is a reference as a
// whole or not at all: text that only contains the word is left alone.
const PREFIX = "bulkId:";

/** Each once. */
export const referencesIn = (value: unknown): readonly string[] => [...new Set(found(value))];

function found(value: unknown): readonly string[] {
  if (typeof value === "string") return value.startsWith(PREFIX) ? [value.slice(PREFIX.length)] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(found);
}

/** With ids in place of references. Without an id the element or attribute that refers is left out. */
export function resolved(value: unknown, idOf: (bulkId: string) => string | undefined): unknown {
  if (typeof value === "string") return value.startsWith(PREFIX) ? idOf(value.slice(PREFIX.length)) : value;
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, resolved(part, idOf)] as const);
  if (Array.isArray(value)) return parts.flatMap(([, part]) => (part === undefined ? [] : [part]));
  // A member without its value, or a manager, is none.
  if (parts.some(([name, part]) => part === undefined && name === "value")) return undefined;
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
}
