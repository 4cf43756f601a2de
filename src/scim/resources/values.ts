// What an audit line shows of a change: the attributes by which somebody is found, or by which rules find a group.
import { isDeepStrictEqual } from "node:util";
import type { Attributes, Json } from "../../directory/index.js";

const SHOWN = ["active", "userName", "externalId", "emails", "displayName"] as const;
/** The audit log is no copy of the directory. */
const LONGEST = 1_000;

interface Values {
  readonly changed: readonly string[];
  readonly before?: Attributes;
  readonly after?: Attributes;
}

export function valuesOf(before: Attributes, after: Attributes): Values {
  const changed = changedNames(before, after);
  const shown = SHOWN.filter((name) => changed.includes(name));
  if (shown.length === 0) return { changed };
  return { changed, before: of(before, shown), after: of(after, shown) };
}

/** Of a resource that comes or goes. */
export const identityOf = (attributes: Attributes): Attributes => of(attributes, SHOWN);

const of = (attributes: Attributes, names: readonly string[]): Attributes =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = attributes[name];
      return value === undefined ? [] : [[name, short(value)] as const];
    }),
  );

function short(value: Json): Json {
  if (typeof value === "boolean") return value;
  const length = typeof value === "string" ? value.length : JSON.stringify(value).length;
  return length > LONGEST ? `(${length} characters)` : value;
}

const changedNames = (before: Attributes, after: Attributes): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(before[name], after[name]),
  );
