// POST and PUT bodies in standard form: a body is one path-less operation on an empty resource, so that whatever a PATCH
// understands a body understands too.
import type { Attributes, Json, MemberRef } from "../directory/index.js";
import type { ResourceKind } from "./attributes.js";
import { refusal } from "./filter/refusal.js";
import { applyPatch, withSchemas } from "./patch/apply.js";
import { isObject, readJson, typeOf } from "./patch/json.js";
import type { StandardOperation } from "./patch/operation.js";
import { readOperations } from "./patch/read.js";
import { isEmpty } from "./quirks/index.js";

interface StandardForm {
  /** With `schemas`; without id, meta, groups, members and password. */
  readonly attributes: Attributes;
  /** undefined: the body does not mention them. `type` is as sent, else User. */
  readonly members: readonly MemberRef[] | undefined;
}

/** INVALID_VALUE invalidSyntax or invalidValue names the attribute, the type sent and what is accepted. */
export function standardForm(kind: ResourceKind, body: unknown): StandardForm {
  const json = readJson(body);
  if (!isObject(json)) throw refusal("invalidSyntax", `A ${kind} is an object; the body is ${typeOf(json)}.`);
  const sent = Object.fromEntries(Object.entries(json).filter(([, value]: [string, Json]) => !isEmpty(value)));
  const operations = readOperations(kind, [{ op: "replace", path: undefined, value: sent }]);
  const attributes = withSchemas(kind, applyPatch(kind, {}, operations));
  const required = kind === "User" ? "userName" : "displayName";
  if (attributes[required] === undefined)
    throw refusal("invalidValue", `A ${kind} needs a ${required} that is not blank; this one has none.`);
  return { attributes, members: operations.reduce(membersAfter, undefined) };
}

function membersAfter(
  before: readonly MemberRef[] | undefined,
  operation: StandardOperation,
): readonly MemberRef[] | undefined {
  if (operation.kind !== "members") return before;
  return operation.op === "clear" ? [] : operation.members;
}
