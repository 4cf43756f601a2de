// What can be asked of the directory. The scim room parses text into these, the store compiles them to SQL.

/** Where paths begin that ask not for what the IdP said of a user but for what became of it (`Standing` in ports.ts). */
export const LABEL_STUDIO_EXTENSION = "urn:ietf:params:scim:schemas:extension:labelstudio:2.0:User";

export type CompareOperator = "eq" | "ne" | "co" | "sw" | "ew" | "gt" | "ge" | "lt" | "le";

/**
 * A SCIM filter (RFC 7644 §3.4.2.2) in standard form: `path` is canonical (`userName`, `emails.value`,
 * `urn:…:User:department`), case rules of the attribute are in `caseExact`.
 */
export type Filter =
  | { readonly kind: "and" | "or"; readonly of: readonly Filter[] }
  | { readonly kind: "not"; readonly of: Filter }
  | { readonly kind: "present"; readonly path: readonly string[] }
  | {
      readonly kind: "compare";
      readonly path: readonly string[];
      readonly operator: CompareOperator;
      readonly value: string | number | boolean | null;
      readonly caseExact: boolean;
    }
  /** `emails[type eq "work" and value co "@x"]`: one element fulfils all; inner paths are relative to the element. */
  | { readonly kind: "element"; readonly path: readonly string[]; readonly of: Filter };

export interface Sort {
  readonly path: readonly string[];
  readonly descending: boolean;
  readonly caseExact: boolean;
}

/** The place of a row in a list as sorted: it stays where it is when the row changes or goes. */
export interface Anchor {
  readonly position: number;
  /** What the row was sorted by; null when it had no such value, or when the list is in order of arrival. */
  readonly key: string | number | null;
}

/** What the locations of resources begin with; they end in a slash. */
export interface Locations {
  readonly User: string;
  readonly Group: string;
}

/** `startIndex` counts from 1 (RFC 7644 §3.4.2.4); `count` 0 asks for the total only. */
export interface ListQuery {
  readonly filter: Filter | undefined;
  readonly sort: Sort | undefined;
  readonly startIndex: number;
  readonly count: number;
  /** The page begins behind this place (RFC 9865), whatever `startIndex` says. */
  readonly after?: Anchor | "start" | undefined;
}

/** How a resource is shown. */
export interface View {
  readonly locations: Locations;
  /** With the groups of a user, the members of a group: the only part that lies in rows of their own. */
  readonly related: boolean;
}

/** A resource as JSON text (RFC 7643 §3), as IdPs read it but for projections. */
export interface Shown {
  readonly version: number;
  readonly text: string;
}

/** Resources as JSON text, as in `Shown`. */
export interface Page {
  readonly total: number;
  /** How many are on it. */
  readonly count: number;
  /** They themselves, comma-separated. */
  readonly text: string;
  /** Of a query with `after`: where the next page begins; undefined on the last one. */
  readonly next?: Anchor | undefined;
}
