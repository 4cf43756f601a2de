// Where SQLite and PostgreSQL differ: the few expressions that statements are made of, one module an engine.
import type { DialectAdapter, Kysely, RawBuilder } from "kysely";

export type Sql = RawBuilder<unknown>;

export type JsonType = "object" | "text" | "number" | "boolean" | "null";

/** Looking into JSON that is stored as text. */
export interface JsonFlavour {
  /** The text in this column as something to look into. */
  readonly document: (column: Sql) => Sql;
  /** The elements at one name below: an array's elements, else the one value or null; rows of a table named `alias`. */
  readonly elements: (json: Sql, name: string, alias: string) => Sql;
  /** Where among its elements this one is. */
  readonly place: (alias: string) => Sql;
  readonly isA: (alias: string, type: JsonType) => Sql;
  /** Neither empty nor null; of something complex, at least one part. */
  readonly isPresent: (alias: string) => Sql;
  /** An object whose `primary` is true; never null. */
  readonly isPrimary: (alias: string) => Sql;
  /** The element itself, to look further into. */
  readonly value: (alias: string) => Sql;
  readonly text: (alias: string) => Sql;
  readonly number: (alias: string) => Sql;
  /** 1 or 0. */
  readonly boolean: (alias: string) => Sql;
}

/** Values of several types in one column, to sort by: numbers in their order, then texts in theirs. */
export interface SortKeyFlavour {
  readonly number: (value: Sql) => Sql;
  readonly text: (value: Sql) => Sql;
}

export interface Flavour {
  /** Whoever writes is alone: nothing needs to be locked. */
  readonly singleWriter: boolean;
  /** Compared byte by byte, whatever the database's language. */
  readonly textColumn: "text" | Sql;
  /** A key that counts up by itself. */
  readonly positionColumn: "integer" | Sql;
  /**
   * At the end of a table whose rows are to live in their primary key: in SQLite each table and index that a write
   * touches is a page in its commit.
   */
  readonly clustered: Sql;
  /** After a table's name: read by this index. */
  readonly byIndex: (name: string) => Sql;
  /** Ends a select whose rows stay as they are until the transaction ends. */
  readonly lock: {
    /** About to be written. */
    readonly toChange: Sql;
    /** Must not be deleted meanwhile. */
    readonly toKeep: Sql;
    /** Must not be changed meanwhile. */
    readonly toRely: Sql;
    /** About to be written; rows that somebody else is writing are left out. */
    readonly toClaim: Sql;
  };
  /** Milliseconds since the epoch, by the database's clock. */
  readonly now: Sql;
  /** The rows of a JSON array of texts, or of objects, as column `value`. */
  readonly texts: (json: string) => Sql;
  readonly objects: (json: string) => Sql;
  /** All texts of a group of rows, comma-separated, in the order of their table's primary key, whose last part is `key`. */
  readonly joined: (text: Sql, key: Sql) => Sql;
  /** The same in an order of their own. */
  readonly joinedBy: (order: Sql, text: Sql) => Sql;
  /** A text column as JSON, byte by byte as JSON.stringify writes it. */
  readonly quoted: (column: Sql) => Sql;
  /** In lower case, as JavaScript's toLowerCase has it. */
  readonly fold: (text: Sql) => Sql;
  /** Text that is made of several, compared as a column of text is. */
  readonly bytewise: (text: Sql) => Sql;
  /** True of empty text in whatever text. */
  readonly contains: (text: Sql, part: string) => Sql;
  readonly json: JsonFlavour;
  readonly sortKey: SortKeyFlavour;
}

/** A dialect's adapter carries its flavour to wherever statements are built. */
export interface Flavoured extends DialectAdapter {
  readonly flavour: Flavour;
}

export const flavourOf = <T>(db: Kysely<T>): Flavour => (db.getExecutor().adapter as Flavoured).flavour;
