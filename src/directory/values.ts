import type { Attributes, Json } from "./records.js";

const isObject = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function child(value: Json, name: string): Json | undefined {
  if (!isObject(value)) return undefined;
  const key = Object.keys(value).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : value[key];
}

function step(value: Json | undefined, name: string): readonly Json[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((element: Json) => step(element, name));
  const found = child(value, name);
  if (found === undefined || found === null) return [];
  return Array.isArray(found) ? (found as readonly Json[]) : [found];
}

/**
 * Every value at a dotted path, through multi-valued attributes: `valuesAt(user, ["roles", "value"])`.
 * Attribute names are compared without case (RFC 7643 §2.1); a simple value counts as its own `.value`.
 */
export function valuesAt(attributes: Attributes, path: readonly string[]): readonly Json[] {
  return path.reduce<readonly Json[]>(
    (values, name) =>
      values.flatMap((value) => (!isObject(value) && name.toLowerCase() === "value" ? [value] : step(value, name))),
    [attributes],
  );
}
