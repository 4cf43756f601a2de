// A value as sent to the value that is stored: canonical names, the attribute's type, nothing empty, one primary.
import type { Json } from "../../directory/index.js";
import { isName, type AttributeRule } from "../attributes.js";
import { refusal } from "../filter/refusal.js";
import { isEmpty, plainValue } from "../quirks/index.js";
import { isObject, typeOf } from "./json.js";

/** Per multi-valued attribute, members aside: nobody has so many, and it bounds what one request can cost. */
export const MOST_VALUES = 1000;
// Indexed by the store; longer keys would fail there.
const LONGEST_KEY = 1000;
const KEYS: ReadonlySet<string> = new Set(["userName", "externalId"]);

/** Undefined: unassigned. INVALID_VALUE invalidValue names the attribute, the type sent and what is accepted. */
export function standardValue(rule: AttributeRule | undefined, sent: Json, where: string): Json | undefined {
  // RFC 7643 §2.5: null and an empty array are the same as no value.
  if (isEmpty(sent) || (Array.isArray(sent) && sent.length === 0)) return undefined;
  if (!rule) return sent;
  const value = plainValue(rule, sent);
  if (!rule.multiValued) return single(rule, value, where);
  const values = elements(rule, value, where);
  return values.length === 0 ? undefined : values;
}

/** What stands in brackets' place: one element of a multi-valued attribute. */
export const elementValue = (rule: AttributeRule | undefined, sent: Json, where: string): Json | undefined =>
  standardValue(rule && { ...rule, multiValued: false }, sent, where);

function elements(rule: AttributeRule, value: Json, where: string): readonly Json[] {
  if (!Array.isArray(value)) throw unacceptable(rule, value, where);
  if (value.length > MOST_VALUES)
    throw refusal("invalidValue", `${where} has ${value.length} values; at most ${MOST_VALUES} are accepted.`);
  return onePrimary(value.flatMap((sent: Json) => elementValue(rule, sent, where) ?? []));
}

/** RFC 7643 §2.4: primary at most once. The last one that changed wins, else the last one. */
export function onePrimary(values: readonly Json[], before: readonly Json[] = []): readonly Json[] {
  const primaries = values.filter((value) => isObject(value) && value.primary === true);
  if (primaries.length < 2) return values;
  const old = new Set(before);
  const winner = primaries.findLast((value) => !old.has(value)) ?? primaries.at(-1);
  return values.map((value) =>
    isObject(value) && value.primary === true && value !== winner ? { ...value, primary: false } : value,
  );
}

function single(rule: AttributeRule, value: Json, where: string): Json | undefined {
  if (isEmpty(value)) return undefined;
  switch (rule.type) {
    case "complex":
      return complex(rule, value, where);
    case "boolean":
      if (typeof value === "boolean") return value;
      throw unacceptable(rule, value, where);
    case "integer":
    case "decimal":
      if (typeof value === "number") return value;
      throw unacceptable(rule, value, where);
    case "string":
    case "reference":
    case "binary":
    case "dateTime":
      if (typeof value === "string") return text(rule, value, where);
      throw unacceptable(rule, value, where);
  }
}

function text(rule: AttributeRule, value: string, where: string): string | undefined {
  if (!rule.required && !KEYS.has(rule.name)) return value;
  if (value.length > LONGEST_KEY)
    throw refusal("invalidValue", `${where} has ${value.length} characters; at most ${LONGEST_KEY} are accepted.`);
  return rule.required ? value.trim() || undefined : value;
}

// What is left of an element once its value was emptied: a label without a thing.
const LABELS: ReadonlySet<string> = new Set(["type", "primary", "display", "$ref"]);

/** True when only labels are left: an e-mail without an address is none. */
export const isBare = (element: Json): boolean =>
  isObject(element) && Object.keys(element).every((name) => LABELS.has(name));

function complex(rule: AttributeRule, value: Json, where: string): Json | undefined {
  if (!isObject(value)) throw unacceptable(rule, value, where);
  const parts = new Map<string, Json>();
  let emptied = false;
  for (const [key, sent] of Object.entries(value)) {
    const sub = rule.sub.get(key.toLowerCase());
    if (!isName(key)) continue;
    const part = sub?.ignored ? undefined : standardValue(sub, sent, `${where}.${sub?.name ?? key}`);
    emptied ||= part === undefined;
    if (part !== undefined) parts.set(sub?.name ?? key, part);
  }
  const plain = Object.fromEntries(parts);
  return parts.size === 0 || (emptied && rule.sub.has("value") && isBare(plain)) ? undefined : plain;
}

function unacceptable(rule: AttributeRule, value: Json, where: string) {
  const wanted = rule.type === "complex" ? "an object" : `a ${rule.type}`;
  const accepted = rule.multiValued ? `an array of ${rule.type === "complex" ? "objects" : `${rule.type}s`}` : wanted;
  return refusal("invalidValue", `${where} was sent as ${typeOf(value)}; accepted is ${accepted}.`);
}
