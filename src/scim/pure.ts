// What the HTTP half of this room knows of the pure half: bodies, PATCH messages, filters and projections as plain data.
export type { ResourceKind } from "./attributes.js";
export { readFilter, readSortPath } from "./filter/index.js";
export { applyPatch, readPatch, type StandardOperation } from "./patch/index.js";
export { readProjection, type Projection } from "./filter/projection.js";
export { standardForm } from "./standard-form.js";
