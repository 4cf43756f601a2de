// Filter text to Filter, in standard form. Its own parser, because scim2-parse-filter 0.2.10 needs time that doubles with
// each raw newline in an open string (24: 0.2 s), reads `\\` and `\u0041` wrong, splits `emails[type eq "work"].value eq
// "x"` into two conditions that different elements may fulfil, takes `constructor` for an operator and knows no `$ref`.
import type { Filter, Sort } from "../../directory/index.js";
import { resolvePath, type ResourceKind } from "../attributes.js";
import { valueOf } from "./compare.js";
import { parseFilter } from "./parse.js";
import { quoted, refusal } from "./refusal.js";

export { matches } from "./matches.js";
export { parsePath, type ParsedPath } from "./parse.js";

/** INVALID_VALUE invalidFilter, with the position, when the text is no filter (RFC 7644 §3.4.2.2). */
export function readFilter(kind: ResourceKind, text: string): Filter {
  return parseFilter(kind, text);
}

/** `sortBy` as the store takes it (a complex attribute sorts by its value); INVALID_VALUE invalidPath. */
export function readSortPath(kind: ResourceKind, text: string): Pick<Sort, "path" | "caseExact"> {
  const found = resolvePath(kind, text.trim());
  if (!found || found.wholeSchema)
    throw refusal("invalidPath", `sortBy ${quoted(text)} is not the name of an attribute.`);
  const named = [found.schema, found.attribute, found.sub].filter((name) => name !== undefined);
  const { path, rule } = valueOf(
    { path: named, rule: found.sub === undefined ? found.rule : found.subRule },
    "invalidPath",
  );
  return { path, caseExact: rule?.caseExact ?? false };
}
