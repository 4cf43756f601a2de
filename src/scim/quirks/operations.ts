import { LABEL_STUDIO_EXTENSION, type Json } from "../../directory/index.js";
import { isName, resolvePath, type ResourceKind } from "../attributes.js";
import { refusal } from "../filter/refusal.js";
import { MOST_OPERATIONS } from "../patch/operation.js";

/** One entry of `Operations` with the letter case of its keys settled; `value` undefined: there is none. */
export interface RawOperation {
  readonly op: string;
  readonly path: string | undefined;
  readonly value: Json | undefined;
  /** The path was a key of a path-less value: read-only attributes are ignored there, not refused. */
  readonly fromValue?: boolean;
}

interface OperationQuirk {
  readonly name: string;
  readonly vendor: string;
  readonly apply: (kind: ResourceKind, operation: RawOperation) => readonly RawOperation[];
}

export const OPERATION_QUIRKS: readonly OperationQuirk[] = [
  {
    name: "op in any letter case",
    vendor: "Entra ID",
    apply: (_kind, operation) => [{ ...operation, op: operation.op.toLowerCase() }],
  },
  {
    name: "blank path",
    vendor: "clients that serialise every field",
    apply: (_kind, operation) => [operation.path?.trim() === "" ? { ...operation, path: undefined } : operation],
  },
  {
    // Okta's { value: { active } } and rename; Entra's aadOptscim062020 form with "name.givenName" and URN keys.
    name: "path-less value",
    vendor: "Okta, Entra ID",
    apply: (_kind, operation) =>
      operation.path === undefined && operation.op !== "remove" ? spread(operation, "") : [operation],
  },
  {
    name: "whole schema as path or key",
    vendor: "Entra ID",
    apply: (kind, operation) =>
      operation.path !== undefined && operation.op !== "remove" && isSchema(kind, operation)
        ? spread(operation, `${operation.path}:`)
        : [operation],
  },
  {
    // Okta repeats the id in each rename, clients that read before they write repeat meta and groups.
    name: "read-only keys in a value",
    vendor: "Okta",
    apply: (kind, operation) =>
      operation.fromValue === true && operation.path !== undefined && readOnlyInValues(kind, operation.path)
        ? []
        : [operation],
  },
  {
    // RFC 7644 §3.5.2.3: the sub-attributes given are replaced, the others stay.
    name: "parts of a complex attribute",
    vendor: "RFC 7644",
    apply: (kind, operation) => (hasParts(kind, operation) ? spread(operation, `${operation.path}.`) : [operation]),
  },
];

function readOnlyInValues(kind: ResourceKind, path: string): boolean {
  const found = resolvePath(kind, path);
  return found?.rule?.ignored === true || [found?.schema, found?.attribute].includes(LABEL_STUDIO_EXTENSION);
}

/**
 * One operation for each key, when the value is an object; else it is left for the reader to refuse. Below a schema or
 * a complex attribute a key that is no attribute name could never be addressed again, and is dropped.
 */
function spread(operation: RawOperation, prefix: string): readonly RawOperation[] {
  const { op, value } = operation;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [operation];
  const fromValue = prefix === "" || operation.fromValue === true;
  const all = Object.entries(value);
  // Each becomes an operation, and is read several times.
  if (all.length > MOST_OPERATIONS) throw tooManyAttributes(all.length);
  const entries = all.filter(([key]) => prefix === "" || key.split(".").every(isName));
  return entries.map(([key, part]: [string, Json]) => ({ op, path: `${prefix}${key}`, value: part, fromValue }));
}

export const tooManyAttributes = (count: number) =>
  refusal("invalidSyntax", `One request changes at most ${MOST_OPERATIONS} attributes; this one has ${count}.`);

/** A URN that we do not know is a schema when its value is an object: an undeclared extension, sent whole. */
function isSchema(kind: ResourceKind, { path, value, fromValue }: RawOperation): boolean {
  const found = resolvePath(kind, path ?? "");
  if (found?.wholeSchema === true) return true;
  if (found?.schema === undefined || fromValue !== true || found.sub !== undefined) return false;
  // urn:…:2.0:User:address is an attribute of a schema, whatever its value.
  return resolvePath(kind, found.schema)?.wholeSchema !== true && typeof value === "object";
}

/** Complex, single-valued and without a value of its own. A manager is replaced as a whole: its $ref must not outlive it. */
function hasParts(kind: ResourceKind, { op, path }: RawOperation): boolean {
  if (path === undefined || op === "remove") return false;
  const found = resolvePath(kind, path);
  const rule = found?.sub === undefined ? found?.rule : undefined;
  return rule?.type === "complex" && !rule.multiValued && !rule.sub.has("value");
}
