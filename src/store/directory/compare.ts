// One comparison of a filter (RFC 7644 §3.4.2.2) as SQL.
import { sql } from "kysely";
import type { CompareOperator, Filter } from "../../directory/index.js";
import type { Flavour, Sql } from "../flavour.js";

export type Comparison = Extract<Filter, { kind: "compare" }>;

/** A value of another type than the literal's is different from it, and in no order with it. */
export function elementPasses(flavour: Flavour, alias: string, filter: Comparison): Sql {
  const { json } = flavour;
  const { operator, value: wanted } = filter;
  if (wanted === null) return json.isA(alias, "null");
  if (typeof wanted === "boolean")
    return sql`(${json.isA(alias, "boolean")} and ${json.boolean(alias)} ${symbol(operator)} ${wanted ? 1 : 0})`;
  if (typeof wanted === "number")
    return sql`(${json.isA(alias, "number")} and ${numberPasses(json.number(alias), operator, wanted)})`;
  return sql`(${json.isA(alias, "text")} and ${textPasses(flavour, json.text(alias), filter, wanted)})`;
}

/** PostgreSQL would take the literal for a number of the column's type, and fail where it has a fraction. */
export const numberPasses = (number: Sql, operator: CompareOperator, wanted: number): Sql =>
  sql`${number} ${symbol(operator)} cast(${wanted} as numeric)`;

export const textPasses = (
  flavour: Flavour,
  text: Sql,
  { operator, caseExact }: Pick<Comparison, "operator" | "caseExact">,
  wanted: string,
): Sql =>
  caseExact
    ? textTest(flavour, text, operator, wanted)
    : textTest(flavour, flavour.fold(text), operator, wanted.toLowerCase());

export function textTest({ contains }: Flavour, text: Sql, operator: CompareOperator, wanted: string): Sql {
  switch (operator) {
    case "co":
      return contains(text, wanted);
    case "sw":
      return sql`substr(${text}, 1, length(${wanted})) = ${wanted}`;
    case "ew":
      return sql`(length(${text}) >= length(${wanted}) and substr(${text}, length(${text}) - length(${wanted}) + 1) = ${wanted})`;
    case "eq":
    case "ne":
    case "gt":
    case "ge":
    case "lt":
    case "le":
      return sql`${text} ${symbol(operator)} ${wanted}`;
  }
}

const SYMBOLS = { eq: "=", ne: "<>", gt: ">", ge: ">=", lt: "<", le: "<=" } as const;
const symbol = (operator: CompareOperator): Sql =>
  sql.raw(operator in SYMBOLS ? SYMBOLS[operator as keyof typeof SYMBOLS] : "=");
