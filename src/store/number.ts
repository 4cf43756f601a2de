import { sql, type RawBuilder } from "kysely";

/**
 * A number as a parameter whose type is plain. PostgreSQL knows none of one that is selected; SQLite looks at the value
 * of a bare one in LIMIT and OFFSET, and compiles the statement anew whenever another is bound.
 */
export const number = (value: number): RawBuilder<number> => sql`cast(${value} as bigint)`;
