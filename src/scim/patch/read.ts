// PATCH message → operations in standard form (RFC 7644 §3.5.2). All of them are read before any is applied.
import { LABEL_STUDIO_EXTENSION, type Json } from "../../directory/index.js";
import { isForbidden, resolvePath, type AttributeRule, type ResourceKind } from "../attributes.js";
import { parsePath, type ParsedPath } from "../filter/index.js";
import { quoted, refusal } from "../filter/refusal.js";
import { isEmpty, standardOperations, tooManyAttributes, type RawOperation } from "../quirks/index.js";
import { isObject, own, readJson, typeOf } from "./json.js";
import { membersOperation, MOST_MEMBERS } from "./members.js";
import { MOST_OPERATIONS, type AttributePath, type StandardOperation } from "./operation.js";
import { elementValue, standardValue } from "./values.js";

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

export function readPatch(kind: ResourceKind, body: unknown): readonly StandardOperation[] {
  const message = readJson(body);
  if (!isObject(message)) throw refusal("invalidSyntax", `A PATCH body is an object; this one is ${typeOf(message)}.`);
  const schemas = own(message, "schemas");
  if (!Array.isArray(schemas) || !schemas.some((urn: Json) => isPatchOp(urn)))
    throw refusal("invalidSyntax", `A PATCH body has "schemas": ["${PATCH_OP}"]; this one does not.`);
  const operations = own(message, "Operations");
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > MOST_OPERATIONS)
    throw refusal(
      "invalidSyntax",
      `A PATCH has 1 to ${MOST_OPERATIONS} Operations; this one has ${countOf(operations)}.`,
    );
  return readOperations(kind, operations.map(rawOperation));
}

/** Also what a POST or PUT body is, once it is taken as one path-less operation. */
export function readOperations(kind: ResourceKind, raw: readonly RawOperation[]): readonly StandardOperation[] {
  const standard = raw.flatMap((operation) => standardOperations(kind, operation));
  if (standard.length > MOST_OPERATIONS) throw tooManyAttributes(standard.length);
  const operations = standard.flatMap((operation) => standardOperation(kind, operation));
  const members = operations.reduce((sum, each) => sum + ("members" in each ? each.members.length : 0), 0);
  if (members > MOST_MEMBERS)
    throw refusal("invalidValue", `One request names at most ${MOST_MEMBERS} members; this one names ${members}.`);
  return operations;
}

const isPatchOp = (urn: Json): boolean => typeof urn === "string" && urn.toLowerCase() === PATCH_OP.toLowerCase();

const countOf = (operations: Json | undefined): string =>
  Array.isArray(operations) ? String(operations.length) : typeOf(operations);

function rawOperation(sent: Json): RawOperation {
  if (!isObject(sent)) throw refusal("invalidSyntax", `A PATCH operation is an object; this one is ${typeOf(sent)}.`);
  const op = own(sent, "op");
  if (typeof op !== "string" || !/^(add|replace|remove)$/i.test(op))
    throw refusal(
      "invalidSyntax",
      `A PATCH op is add, replace or remove; this one is ${typeof op === "string" ? quoted(op) : typeOf(op)}.`,
    );
  const path = own(sent, "path") ?? undefined;
  if (path !== undefined && typeof path !== "string")
    throw refusal("invalidPath", `PATCH ${op}: the path was sent as ${typeOf(path)}; accepted is a string.`);
  return { op, path, value: own(sent, "value") };
}

function standardOperation(kind: ResourceKind, operation: RawOperation): readonly StandardOperation[] {
  if (operation.path === undefined) throw withoutPath(operation);
  const path = located(kind, operation, operation.path);
  if (path.schema === undefined && path.attribute === "id")
    throw refusal("mutability", `PATCH ${operation.op} id: the id of a resource never changes (RFC 7643 §3.1).`);
  if (isIgnored(path)) return [];
  if (kind === "Group" && path.schema === undefined && path.attribute === "members")
    return [membersOperation(operation, path)];
  return attributeOperation(operation, path);
}

function withoutPath({ op, value }: RawOperation) {
  if (op === "remove") return refusal("noTarget", "PATCH remove has no path: say which attribute to remove.");
  return refusal(
    "invalidValue",
    `PATCH ${op} without a path takes an object of attributes; it was sent ${typeOf(value)}.`,
  );
}

/** Keys of a path-less value that are no attribute name are unknown attributes, kept under that very name. */
function located(kind: ResourceKind, { fromValue }: RawOperation, path: string): ParsedPath {
  const unknown = fromValue === true && !path.includes("[") && !resolvePath(kind, path);
  if (unknown && !isForbidden(path)) return { ...UNKNOWN, attribute: path };
  return parsePath(kind, path.trim());
}

const UNKNOWN = {
  schema: undefined,
  rule: undefined,
  filter: undefined,
  sub: undefined,
  subRule: undefined,
  wholeSchema: false,
} as const;

const isIgnored = ({ schema, attribute, rule, subRule }: ParsedPath): boolean =>
  rule?.ignored === true || subRule?.ignored === true || [schema, attribute].includes(LABEL_STUDIO_EXTENSION);

function attributeOperation(operation: RawOperation, parsed: ParsedPath): readonly StandardOperation[] {
  const op = operation.op as "add" | "replace" | "remove";
  const path = pathOf(parsed);
  const where = nameOf(parsed);
  if (op === "remove") return removal(operation, parsed, path, where);
  if (operation.value === undefined) throw refusal("invalidValue", `PATCH ${op} ${where} has no value.`);
  if (parsed.wholeSchema && !isEmpty(operation.value))
    throw refusal(
      "invalidValue",
      `${where} was sent as ${typeOf(operation.value)}; accepted is an object of attributes.`,
    );
  const value = valueAt(parsed, operation.value, where);
  if (value !== undefined) return [{ kind: "attribute", op, path, value }];
  // Nothing can be added to a list without changing it; everywhere else "", null and [] unassign (RFC 7643 §2.5).
  if (op === "add" && parsed.rule?.multiValued === true && parsed.sub === undefined) return [];
  const target = targetOf(parsed);
  if (target && (target.required || target.type === "boolean"))
    throw refusal("invalidValue", `${where} cannot be empty; it was sent as ${typeOf(operation.value)}.`);
  return [{ kind: "attribute", op: "remove", path }];
}

function removal(
  { value: sent }: RawOperation,
  parsed: ParsedPath,
  path: AttributePath,
  where: string,
): readonly StandardOperation[] {
  const target = targetOf(parsed);
  // Without `active` nobody could say whether the person may work.
  if (target?.required === true || (parsed.schema === undefined && parsed.attribute === "active"))
    throw refusal("mutability", `PATCH remove ${where}: it is required and cannot be removed (RFC 7644 §3.5.2.2).`);
  const many = parsed.rule?.multiValued === true && !parsed.filter && parsed.sub === undefined;
  if (!many || sent === undefined || sent === null) return [{ kind: "attribute", op: "remove", path }];
  const value = standardValue(parsed.rule, sent, where);
  return value === undefined ? [] : [{ kind: "attribute", op: "remove", path, value }];
}

const targetOf = ({ rule, sub, subRule }: ParsedPath): AttributeRule | undefined =>
  sub === undefined ? rule : subRule;

function valueAt(parsed: ParsedPath, value: Json, where: string): Json | undefined {
  if (parsed.sub !== undefined) return standardValue(parsed.subRule, value, where);
  return parsed.filter ? elementValue(parsed.rule, value, where) : standardValue(parsed.rule, value, where);
}

const nameOf = ({ schema, attribute, sub }: ParsedPath): string =>
  `${schema === undefined ? "" : `${schema}:`}${attribute}${sub === undefined ? "" : `.${sub}`}`;

const pathOf = ({ schema, attribute, filter, sub }: ParsedPath): AttributePath => ({
  ...(schema === undefined ? {} : { schema }),
  attribute,
  ...(filter === undefined ? {} : { filter }),
  ...(sub === undefined ? {} : { sub }),
});
