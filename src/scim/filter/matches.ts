import { valuesAt, type CompareOperator, type Filter, type Json } from "../../directory/index.js";

/** Whether one element of a multi-valued attribute fulfils a filter whose paths are relative to it. */
export function matches(filter: Filter, element: Json): boolean {
  switch (filter.kind) {
    case "and":
      return filter.of.every((part) => matches(part, element));
    case "or":
      return filter.of.some((part) => matches(part, element));
    case "not":
      return !matches(filter.of, element);
    case "present":
      return at(element, filter.path).some((value) => value !== "");
    case "compare": {
      const { operator, value: wanted, caseExact } = filter;
      return at(element, filter.path).some((value) =>
        compares(fold(value, caseExact), operator, fold(wanted, caseExact)),
      );
    }
    case "element":
      return at(element, filter.path).some((value) => matches(filter.of, value));
  }
}

const at = (element: Json, path: readonly string[]): readonly Json[] => valuesAt({ element }, ["element", ...path]);

const fold = <T extends Json>(value: T, caseExact: boolean): T | string =>
  typeof value === "string" && !caseExact ? value.toLowerCase() : value;

function compares(value: Json, operator: CompareOperator, wanted: Json): boolean {
  if (operator === "eq") return value === wanted;
  if (operator === "ne") return value !== wanted;
  if (typeof value === "string" && typeof wanted === "string") return TEXTS[operator](value, wanted);
  return (
    typeof value === "number" && typeof wanted === "number" && isOrder(operator) && ORDERS[operator](value, wanted)
  );
}

type Order = "gt" | "ge" | "lt" | "le";
type Test<T> = (value: T, wanted: T) => boolean;

const ORDERS: Record<Order, Test<number>> = {
  gt: (value, wanted) => value > wanted,
  ge: (value, wanted) => value >= wanted,
  lt: (value, wanted) => value < wanted,
  le: (value, wanted) => value <= wanted,
};

// By code points, as the store orders text; JavaScript's own order is by UTF-16 units and differs beyond the BMP.
const byCodePoints =
  (order: Order): Test<string> =>
  (value, wanted) =>
    ORDERS[order](Buffer.compare(Buffer.from(value), Buffer.from(wanted)), 0);

const TEXTS: Record<Order | "co" | "sw" | "ew", Test<string>> = {
  gt: byCodePoints("gt"),
  ge: byCodePoints("ge"),
  lt: byCodePoints("lt"),
  le: byCodePoints("le"),
  co: (value, wanted) => value.includes(wanted),
  sw: (value, wanted) => value.startsWith(wanted),
  ew: (value, wanted) => value.endsWith(wanted),
};

const isOrder = (operator: CompareOperator): operator is Order => Object.hasOwn(ORDERS, operator);
