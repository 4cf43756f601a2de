import type { Filter, Json, MemberRef } from "../../directory/index.js";

/** Okta sends a batch of members as one operation each; beyond this the IdP should send another request. */
export const MOST_OPERATIONS = 2000;

/** In canonical names. `schema` is the URN of an extension; a path that is itself such a URN stands in `attribute`. */
export interface AttributePath {
  readonly schema?: string;
  readonly attribute: string;
  /** Relative to an element of the attribute. */
  readonly filter?: Filter;
  readonly sub?: string;
}

/** A PATCH operation once letter case, vendors' forms and types are settled; add and replace always have a value. */
export type StandardOperation =
  | {
      readonly kind: "attribute";
      readonly op: "add" | "replace" | "remove";
      readonly path: AttributePath;
      readonly value?: Json;
    }
  | { readonly kind: "members"; readonly op: "add" | "remove" | "replace"; readonly members: readonly MemberRef[] }
  | { readonly kind: "members"; readonly op: "clear" };

export type AttributeOperation = Extract<StandardOperation, { kind: "attribute" }>;
