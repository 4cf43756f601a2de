// A bound on what one request may cost: operations, elements and terms of filters are each bounded, their product is not.
import type { Attributes, Filter, Json } from "../../directory/index.js";
import { refusal } from "../filter/refusal.js";
import { isObject, listOf, own } from "./json.js";
import type { AttributeOperation } from "./operation.js";

/** Values looked at, each at well under a microsecond; a request of an IdP looks at some hundred. */
export const MOST_WORK = 2_500_000;
/** Attributes as JSON text, members aside. Several KB are usual, a photo has some hundred; a list shows 200 of them. */
export const LARGEST_RESOURCE = 1024 * 1024;

/** What was done so far and this operation; refused when that is too much. */
export function worked(before: number, holder: Attributes, { op, path, value }: AttributeOperation): number {
  const current = own(holder, path.attribute);
  // Elements without a value of their own are removed by comparing each with each.
  const compared = op === "remove" ? listOf(value).length : 0;
  const looks = 1 + compared + (path.filter ? terms(path.filter) : 0);
  const work = before + Object.keys(holder).length + values(value) + values(current) * looks;
  if (work <= MOST_WORK) return work;
  throw refusal(
    "invalidValue",
    `The operations of this request look at more than ${MOST_WORK} values; send fewer of them per request.`,
  );
}

export function withinSize(attributes: Attributes): Attributes {
  const { length } = JSON.stringify(attributes);
  if (length <= LARGEST_RESOURCE) return attributes;
  throw refusal(
    "invalidValue",
    `The resource would have ${length} characters without its members; at most ${LARGEST_RESOURCE} are kept.`,
  );
}

function values(value: Json | undefined): number {
  if (Array.isArray(value)) return (value as readonly Json[]).reduce<number>((sum, each) => sum + values(each), 1);
  if (!isObject(value)) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + values(each), 1);
}

function terms(filter: Filter): number {
  switch (filter.kind) {
    case "and":
    case "or":
      return filter.of.reduce((sum, part) => sum + terms(part), 0);
    case "not":
    case "element":
      return terms(filter.of);
    case "present":
    case "compare":
      return 1;
  }
}
