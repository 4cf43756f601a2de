import type { Member } from "../membership/index.js";
import type { Operation } from "./operation.js";

export type Verdict = { readonly kind: "allowed" } | { readonly kind: "held"; readonly reason: string };

/** One operation about to be carried out, with what was observed of its account. */
export interface Change {
  readonly personId: string;
  readonly operation: Operation;
  readonly observed: Member | undefined;
  readonly verdict: Verdict;
}
