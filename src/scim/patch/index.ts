// PATCH (RFC 7644 §3.5.2): message → operations in standard form → attributes. Its own code, because scim-patch 0.8.3
// files an extension sent whole under "urn:…:2.0" → "User", adds duplicates without a path, keeps two primaries, misses
// type "Work" for "work", cannot take `a:b` inside a filter, ignores remove-by-value unless all keys are equal, writes to
// Object.prototype by path, and parses filters with scim2-parse-filter (exponential time).
export { applyPatch } from "./apply.js";
export type { StandardOperation } from "./operation.js";
export { readPatch } from "./read.js";
