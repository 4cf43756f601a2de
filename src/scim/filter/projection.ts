import { LABEL_STUDIO_EXTENSION, type Attributes, type Json } from "../../directory/index.js";
import { isForbidden, resolvePath, type ResourceKind } from "../attributes.js";
import { quoted, refusal } from "./refusal.js";

/**
 * `attributes` and `excludedAttributes` of RFC 7644 §3.4.2.5; `schemas` and `id` are always returned, the Label Studio
 * extension only when `attributes` names it.
 */
export interface Projection {
  /** Whether this top-level attribute (or extension URN) is in the answer at all: spares reading it. */
  wants(name: string): boolean;
  apply(resource: Attributes): Attributes;
  /** Everything that was read is in the answer: nothing is left for `apply` to take out. */
  readonly whole: boolean;
}

/** Names by lower case; true: the whole of it. */
type Selection = Map<string, Selection | true>;

/** As long as a URL can be; a SearchRequest could hold megabytes. */
const LONGEST_LIST = 8_192;

const ALWAYS: ReadonlySet<string> = new Set(["schemas", "id"]);
// RFC 7643 §7, `returned: request`: never there by default, so that there is nothing to exclude either.
const ON_REQUEST = LABEL_STUDIO_EXTENSION.toLowerCase();

export function readProjection(
  kind: ResourceKind,
  query: { readonly attributes?: string | undefined; readonly excludedAttributes?: string | undefined },
): Projection {
  const included = selection(kind, query.attributes);
  const excluded = selection(kind, query.excludedAttributes) ?? new Map<string, Selection | true>();
  excluded.delete(ON_REQUEST);
  const wants = (name: string): boolean => {
    const key = name.toLowerCase();
    return ALWAYS.has(key) || ((included?.has(key) ?? key !== ON_REQUEST) && excluded.get(key) !== true);
  };
  const apply = (resource: Attributes): Attributes =>
    Object.fromEntries(
      Object.entries(resource).flatMap(([name, value]): [string, Json][] => {
        const key = name.toLowerCase();
        if (ALWAYS.has(key)) return [[name, value]];
        if (!wants(name)) return [];
        return [[name, without(kept(value, included?.get(key)), excluded.get(key))]];
      }),
    );
  return { wants, apply, whole: included === undefined && [...excluded].every(isNotRead) };
}

// What is derived from member rows is not even read when it is not wanted.
const isNotRead = ([name, below]: readonly [string, Selection | true]): boolean =>
  below === true && (name === "members" || name === "groups");

/** Undefined when the parameter is absent or blank. Names that are no attribute name select nothing. */
function selection(kind: ResourceKind, list: string | undefined): Selection | undefined {
  const { length } = list ?? "";
  if (length > LONGEST_LIST)
    throw refusal(
      "invalidValue",
      `attributes or excludedAttributes has ${length} characters; at most ${LONGEST_LIST} are read.`,
    );
  // Some clients select with a value filter, emails[type eq "work"]; the whole attribute holds what they want.
  const names = (list ?? "")
    .replace(/\[[^\]]*\]/g, "")
    .split(",")
    .flatMap((name) => name.trim() || []);
  if (names.length === 0) return undefined;
  const tree: Selection = new Map();
  for (const name of names) insert(tree, segments(kind, name));
  return tree;
}

function segments(kind: ResourceKind, name: string): readonly string[] {
  if (isForbidden(name))
    throw refusal("invalidValue", `attributes or excludedAttributes names ${quoted(name)}, which is no attribute.`);
  const found = resolvePath(kind, name);
  return [found?.schema, found?.attribute, found?.sub].flatMap((part) => part?.toLowerCase() ?? []);
}

function insert(tree: Selection, [name, ...rest]: readonly string[]): void {
  if (name === undefined) return;
  const below = tree.get(name);
  if (below === true) return;
  if (rest.length === 0) return void tree.set(name, true);
  const next: Selection = below ?? new Map<string, Selection | true>();
  tree.set(name, next);
  insert(next, rest);
}

const kept = (value: Json, below: Selection | true | undefined): Json =>
  below instanceof Map
    ? each(value, (name, part) => (below.has(name) ? kept(part, below.get(name)) : undefined))
    : value;

const without = (value: Json, below: Selection | true | undefined): Json =>
  below instanceof Map
    ? each(value, (name, part) => (below.get(name) === true ? undefined : without(part, below.get(name))))
    : value;

function each(value: Json, choose: (name: string, part: Json) => Json | undefined): Json {
  if (Array.isArray(value)) return value.map((element: Json) => each(element, choose));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]: [string, Json]): [string, Json][] => {
      const chosen = choose(name.toLowerCase(), part);
      return chosen === undefined ? [] : [[name, chosen]];
    }),
  );
}
