// quirks: what identity providers send that RFC 7643/7644 does not foresee, each as one named entry with its vendor.
// Invariant: an entry is pure and leaves alone what is already in standard form; its captured payloads are test data.
// Flow: the patch folder runs each operation and each value through these two loops, then goes by the RFC alone.
import type { Json } from "../../directory/index.js";
import type { AttributeRule, ResourceKind } from "../attributes.js";
import { OPERATION_QUIRKS, type RawOperation } from "./operations.js";
import { VALUE_QUIRKS } from "./values.js";

export { tooManyAttributes, type RawOperation } from "./operations.js";
export { isEmpty } from "./values.js";

export const standardOperations = (kind: ResourceKind, operation: RawOperation): readonly RawOperation[] =>
  OPERATION_QUIRKS.reduce<readonly RawOperation[]>(
    (operations, quirk) => operations.flatMap((each) => quirk.apply(kind, each)),
    [operation],
  );

export const plainValue = (rule: AttributeRule, value: Json): Json =>
  VALUE_QUIRKS.reduce((plain, quirk) => quirk.apply(rule, plain), value);
