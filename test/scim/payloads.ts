import { readdirSync, readFileSync } from "node:fs";
import type { Attributes, Filter } from "../../src/directory/index.js";
import type { ResourceKind } from "../../src/scim/pure.js";

/** What an IdP sent, captured or documented, and what the directory holds afterwards. */
export interface Payload {
  readonly name: string;
  readonly vendor: string;
  readonly kind: ResourceKind;
  /** `id` where the request speaks of it. */
  readonly before: { readonly id?: string; readonly attributes?: Attributes; readonly members?: readonly string[] };
  readonly request:
    { readonly method: "PATCH" | "POST"; readonly body: object } | { readonly method: "GET"; readonly filter: string };
  readonly after: {
    readonly attributes?: Attributes;
    readonly members?: readonly string[];
    readonly filter?: Filter;
    /** Whether the filter finds the resource of `before`. */
    readonly found?: boolean;
    readonly error?: string;
  };
}

const folder = new URL("./pure/payloads/", import.meta.url);

/** By file name. */
export const payloads = readdirSync(folder).map(
  (file) => [file, JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Payload] as const,
);
