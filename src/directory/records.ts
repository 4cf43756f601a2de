export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A SCIM resource as JSON: canonical attribute names, without `id`, `meta`, `groups`, `members` and `password`. */
export type Attributes = { readonly [name: string]: Json };

/** RFC 7643 §4.1 user as stored. Dates are ISO 8601 with milliseconds, `version` counts from 1. */
export interface UserRecord {
  readonly id: string;
  readonly userName: string;
  readonly externalId: string | undefined;
  readonly active: boolean;
  readonly attributes: Attributes;
  readonly version: number;
  readonly created: string;
  readonly lastModified: string;
}

/** RFC 7643 §4.2 group as stored; its members are rows of their own and never part of it. */
export interface GroupRecord {
  readonly id: string;
  readonly displayName: string;
  readonly externalId: string | undefined;
  readonly attributes: Attributes;
  readonly version: number;
  readonly created: string;
  readonly lastModified: string;
}

/** What a mapping rule can see of a group that a user is in. */
export interface GroupRef {
  readonly id: string;
  readonly externalId: string | undefined;
  readonly displayName: string;
}

/** One member row: the id and what kind of resource it names. */
export interface MemberRef {
  readonly id: string;
  readonly type: "User" | "Group";
  readonly display: string | undefined;
}
