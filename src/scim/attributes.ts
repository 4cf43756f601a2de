// The attributes of both resources: names, types, plurality and case rules, compiled once from scimmy's own schema
// definitions (RFC 7643 §4), so that what /Schemas publishes and what bodies, paths and filters accept cannot differ.
import SCIMMY from "scimmy";
import { LABEL_STUDIO_EXTENSION } from "../directory/index.js";
import { LabelStudioUser } from "./outcome-schema.js";

export type ResourceKind = "User" | "Group";

const ENTERPRISE_EXTENSION = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

export interface AttributeRule {
  readonly name: string;
  readonly type: SCIMMY.Types.Attribute.ValidAttributeTypes;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  /** Nothing that a client sends for it is kept: read-only ones and `password`. */
  readonly ignored: boolean;
  /** By lower-cased name; empty unless complex. */
  readonly sub: Rules;
}

export type Rules = ReadonlyMap<string, AttributeRule>;

/** A path without its value filter. No rule: an attribute that we do not know, kept as it is. */
export interface ResolvedPath {
  readonly schema: string | undefined;
  readonly attribute: string;
  readonly rule: AttributeRule | undefined;
  readonly sub: string | undefined;
  readonly subRule: AttributeRule | undefined;
  /** The path is a schema URN and stands for all that is below it. */
  readonly wholeSchema: boolean;
}

interface AttributeTable {
  readonly core: string;
  readonly extensions: readonly string[];
  /** By lower-cased URN. */
  readonly rules: ReadonlyMap<string, Rules>;
}

type Definition = SCIMMY.Types.Attribute.AttributeDefinition;

// Names that would reach Object.prototype if they ever became an assignment.
const FORBIDDEN = /(?:^|[.:[/])(?:__proto__|constructor|prototype)(?:$|[.:[\]/])/i;

/** One of them, or a path or URN that holds one. */
export const isForbidden = (text: string): boolean => FORBIDDEN.test(text);

const NAME = /^[A-Za-z$_][\w$-]*$/;
const PATH = /^[\w.:/%+$-]+$/;
// `urn:…:2.0:User` names a schema, `urn:…:2.0:User:tag` an attribute of it: only the place of the version tells.
const SCHEMA_URN = /:v?\d[\d.]*:[\w-]+$/;
// Entra's older documents say plain `manager`; only the Enterprise extension has it (RFC 7643 §4.3).
const UNQUALIFIED: ReadonlyMap<string, string> = new Map([["manager", ENTERPRISE_EXTENSION]]);

const resolved = { User: new Map<string, ResolvedPath>(), Group: new Map<string, ResolvedPath>() };
/** Spellings of attributes of ours: an IdP has its own few, and each is asked for several times in every request. */
const MOST_REMEMBERED = 1_000;

/** Undefined when malformed, or when a name in it is forbidden. Names are compared without case (RFC 7643 §2.1). */
export function resolvePath(kind: ResourceKind, text: string): ResolvedPath | undefined {
  const remembered = resolved[kind];
  const known = remembered.get(text);
  if (known) return known;
  const path = resolve(kind, text);
  if (path?.rule && remembered.size < MOST_REMEMBERED) remembered.set(text, path);
  return path;
}

function resolve(kind: ResourceKind, text: string): ResolvedPath | undefined {
  if (!PATH.test(text) || isForbidden(text)) return undefined;
  const table = tableOf(kind);
  const { urn, rest } = split(table, text);
  if (rest === undefined) return { ...NOWHERE, attribute: urn ?? text, wholeSchema: true };
  const [attribute, sub, ...deeper] = rest.split(".");
  if (attribute === undefined || deeper.length > 0) return undefined;
  if (!isName(attribute) || (sub !== undefined && !isName(sub))) return undefined;
  const schema = urn ?? (kind === "User" ? UNQUALIFIED.get(attribute.toLowerCase()) : undefined) ?? table.core;
  const rule = table.rules.get(schema.toLowerCase())?.get(attribute.toLowerCase());
  const subRule = sub === undefined ? undefined : rule?.sub.get(sub.toLowerCase());
  return {
    schema: schema === table.core ? undefined : schema,
    attribute: rule?.name ?? attribute,
    rule,
    sub: subRule?.name ?? sub,
    subRule,
    wholeSchema: false,
  };
}

/** The core URN, then the extensions that we know, in the order of `schemas`. */
export function schemasOf(kind: ResourceKind): readonly string[] {
  const { core, extensions } = tableOf(kind);
  return [core, ...extensions];
}

const NOWHERE = { schema: undefined, rule: undefined, sub: undefined, subRule: undefined } as const;

/** RFC 7643 §2.1, with `$ref`. */
export const isName = (text: string): boolean => NAME.test(text) && !isForbidden(text);

function split(
  table: AttributeTable,
  text: string,
): { readonly urn: string | undefined; readonly rest: string | undefined } {
  const lower = text.toLowerCase();
  if (!lower.startsWith("urn:")) return { urn: undefined, rest: text };
  for (const urn of [table.core, ...table.extensions, LABEL_STUDIO_EXTENSION]) {
    if (lower === urn.toLowerCase()) return { urn, rest: undefined };
    if (lower.startsWith(`${urn.toLowerCase()}:`)) return { urn, rest: text.slice(urn.length + 1) };
  }
  if (SCHEMA_URN.test(text)) return { urn: text, rest: undefined };
  const colon = text.lastIndexOf(":");
  return { urn: text.slice(0, colon), rest: text.slice(colon + 1) };
}

const compiled = new Map<ResourceKind, AttributeTable>();

function tableOf(kind: ResourceKind): AttributeTable {
  const known = compiled.get(kind);
  if (known) return known;
  const { User, EnterpriseUser, Group } = SCIMMY.Schemas;
  const table = kind === "User" ? compile(User, [EnterpriseUser, LabelStudioUser]) : compile(Group, []);
  compiled.set(kind, table);
  return table;
}

interface HasDefinition {
  readonly definition: SCIMMY.Types.SchemaDefinition;
}

function compile(core: HasDefinition, extensions: readonly HasDefinition[]): AttributeTable {
  const all = [core, ...extensions].map(({ definition }) => definition);
  return {
    core: core.definition.id,
    extensions: extensions.map(({ definition }) => definition.id),
    rules: new Map(all.map((schema, at) => [schema.id.toLowerCase(), rulesOf(schema, at === 0 ? COMMON : [])])),
  };
}

function rulesOf(schema: SCIMMY.Types.SchemaDefinition, common: readonly Definition[]): Rules {
  // Attribute instances turn into plain definitions by their toJSON only.
  const { attributes } = JSON.parse(JSON.stringify(schema.describe())) as {
    readonly attributes: readonly Definition[];
  };
  return new Map([...common, ...attributes].map((definition) => named(rule(definition, undefined))));
}

const named = (entry: AttributeRule): [string, AttributeRule] => [entry.name.toLowerCase(), entry];

function rule(definition: Definition, parent: string | undefined): AttributeRule {
  return {
    name: definition.name,
    type: definition.type,
    multiValued: definition.multiValued,
    required: definition.required,
    caseExact: isCaseExact(definition, parent),
    ignored: definition.mutability === "readOnly" || definition.mutability === "writeOnly",
    sub: new Map((definition.subAttributes ?? []).map((sub) => named(rule(sub, definition.name)))),
  };
}

const HOLD_IDS: ReadonlySet<string | undefined> = new Set(["members", "groups", "manager"]);

/** References and everything that is not text are exact (RFC 7643 §2.3); so are ids, wherever they stand. */
const isCaseExact = (definition: Definition, parent: string | undefined): boolean =>
  definition.type !== "string" ||
  definition.caseExact === true ||
  (definition.name === "value" && HOLD_IDS.has(parent));

const common = (name: string, type: Definition["type"], more: Partial<Definition> = {}): Definition => ({
  name,
  type,
  description: "",
  multiValued: false,
  required: false,
  caseExact: true,
  mutability: "readOnly",
  returned: "default",
  ...more,
});

// RFC 7643 §3.1: common attributes belong to every resource and to no schema.
const COMMON: readonly Definition[] = [
  common("schemas", "reference", { multiValued: true }),
  common("id", "string"),
  common("externalId", "string", { mutability: "readWrite" }),
  common("meta", "complex", {
    subAttributes: [
      common("resourceType", "string"),
      common("created", "dateTime"),
      common("lastModified", "dateTime"),
      common("location", "reference"),
      common("version", "string"),
    ],
  }),
];
