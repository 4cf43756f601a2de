// Operations in standard form → the attributes after them. Pure: whatever throws, nothing was changed (RFC 7644 §3.5.2).
import { isDeepStrictEqual } from "node:util";
import type { Attributes, Json } from "../../directory/index.js";
import { resolvePath, schemasOf, type AttributeRule, type ResourceKind } from "../attributes.js";
import { refusal } from "../filter/refusal.js";
import { addTo, partOfAll, removeFrom, select } from "./elements.js";
import { isObject, listOf, own, put } from "./json.js";
import type { AttributeOperation, StandardOperation } from "./operation.js";
import { onePrimary } from "./values.js";
import { withinSize, worked } from "./work.js";

/** Operations on members are rows of the store and skipped here. The same object when nothing changed. */
export function applyPatch(
  kind: ResourceKind,
  attributes: Attributes,
  operations: readonly StandardOperation[],
): Attributes {
  let next = attributes;
  let work = 0;
  for (const operation of operations) {
    if (operation.kind !== "attribute") continue;
    work = worked(work, holderOf(next, operation), operation);
    next = applied(kind, next, operation);
  }
  return isDeepStrictEqual(next, attributes) ? attributes : withSchemas(kind, next);
}

/** RFC 7643 §3: the core schema, then each extension that has data; what the client listed says nothing. */
export function withSchemas(kind: ResourceKind, attributes: Attributes): Attributes {
  const known = schemasOf(kind);
  const present = Object.keys(attributes).filter((name) => /^urn:/i.test(name) && isObject(attributes[name]));
  const extensions = [
    ...known.filter((urn) => present.includes(urn)),
    ...present.filter((urn) => !known.includes(urn)),
  ];
  return withinSize({ schemas: [known[0] ?? "", ...extensions], ...put(attributes, "schemas", undefined) });
}

/** The resource, or the extension that the path leads into. */
function holderOf(attributes: Attributes, { path: { schema } }: AttributeOperation): Attributes {
  const extension = schema === undefined ? attributes : own(attributes, schema);
  return isObject(extension) ? extension : {};
}

function applied(kind: ResourceKind, attributes: Attributes, operation: AttributeOperation): Attributes {
  const { schema, attribute } = operation.path;
  const rule = resolvePath(kind, schema === undefined ? attribute : `${schema}:${attribute}`)?.rule;
  const holder = changed(holderOf(attributes, operation), attribute, rule, operation);
  return schema === undefined ? holder : put(attributes, schema, filled(holder));
}

function changed(
  holder: Attributes,
  attribute: string,
  rule: AttributeRule | undefined,
  operation: AttributeOperation,
): Attributes {
  const current = own(holder, attribute);
  const many = rule?.multiValued ?? (Array.isArray(current) || operation.path.filter !== undefined);
  if (!many) return put(holder, attribute, one(current, rule, operation));
  const before = listOf(current);
  const after = onePrimary(several(before, rule, operation), before);
  return put(holder, attribute, after.length === 0 ? undefined : after);
}

const filled = (value: Attributes): Attributes | undefined => (Object.keys(value).length === 0 ? undefined : value);

function one(current: Json | undefined, rule: AttributeRule | undefined, operation: AttributeOperation) {
  const { op, path, value } = operation;
  if (path.sub !== undefined) return part(current, rule, path.sub, value);
  if (op === "add" && !rule && isObject(current) && isObject(value)) return { ...current, ...value };
  return value;
}

/** A sub-attribute of a single complex value; `value` undefined removes it. */
function part(current: Json | undefined, rule: AttributeRule | undefined, sub: string, value: Json | undefined) {
  if (current !== undefined && !isObject(current))
    throw refusal("noTarget", `${sub} is no part of the attribute: that holds a simple value.`);
  const holder = current ?? {};
  // Another manager: the $ref of the one before must not outlive the value.
  if (rule?.sub.has("value") && sub === "value" && own(holder, sub) !== value)
    return value === undefined ? undefined : { value };
  return filled(put(holder, sub, value));
}

function several(before: readonly Json[], rule: AttributeRule | undefined, operation: AttributeOperation) {
  const { op, path, value } = operation;
  if (path.filter) return select(before, path.filter, operation);
  if (path.sub !== undefined) return partOfAll(before, path.sub, value);
  switch (op) {
    case "add":
      return addTo(before, listOf(value), rule);
    case "replace":
      return listOf(value);
    case "remove":
      return value === undefined ? [] : removeFrom(before, listOf(value), rule);
  }
}
