import type { Json } from "../../directory/index.js";
import { isForbidden } from "../attributes.js";
import { quoted, refusal } from "../filter/refusal.js";

export type JsonObject = { readonly [key: string]: Json };

/** Deeper than any SCIM message by far; keeps every walk over a body within the stack. */
const DEEPEST_BODY = 64;

/** A parsed body as JSON of bounded depth, without a key that could reach Object.prototype. */
export function readJson(value: unknown, depth = 0): Json {
  if (depth > DEEPEST_BODY) throw refusal("invalidSyntax", `The body is nested more than ${DEEPEST_BODY} deep.`);
  if (typeof value !== "object" || value === null) return value as Json;
  if (Array.isArray(value)) {
    for (const element of value) readJson(element, depth + 1);
    return value as Json;
  }
  for (const [key, part] of Object.entries(value)) {
    if (isForbidden(key)) throw refusal("invalidSyntax", `The body has the key ${quoted(key)}, which is refused.`);
    readJson(part, depth + 1);
  }
  return value as Json;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const listOf = (value: Json | undefined): readonly Json[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly Json[]) : [value];

/** The key as the object spells it; names are compared without case (RFC 7643 §2.1). */
function ownName(holder: JsonObject, name: string): string {
  if (Object.hasOwn(holder, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(holder).find((key) => key.toLowerCase() === lower) ?? name;
}

export function own(holder: JsonObject, name: string): Json | undefined {
  const key = ownName(holder, name);
  return Object.hasOwn(holder, key) ? holder[key] : undefined;
}

/** With the value under this name, or without the name when there is none. */
export function put(holder: JsonObject, name: string, value: Json | undefined): JsonObject {
  const key = ownName(holder, name);
  if (value !== undefined) return { ...holder, [key]: value };
  if (!Object.hasOwn(holder, key)) return holder;
  return Object.fromEntries(Object.entries(holder).filter(([other]) => other !== key));
}

/** For messages: what was sent, never its content. */
export function typeOf(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return isObject(value) ? "an object" : `a ${typeof value}`;
}
