import type { Member } from "../membership/index.js";
import type { Effect } from "./effect.js";
import type { Operation } from "./operation.js";

export type Verdict =
  | { readonly kind: "allowed" }
  | {
      readonly kind: "held";
      readonly reason: string;
      /** An operator may let it go, or reject it. */
      readonly approvable: boolean;
      /** It goes as soon as a seat is free. */
      readonly seatless: boolean;
    };

/** One operation about to be carried out, with what was observed of its account. */
export interface Change<Of extends Operation = Operation> {
  readonly personId: string;
  readonly operation: Of;
  readonly observed: Member | undefined;
  /** The account's and the IdP's, lower-cased. */
  readonly addresses: readonly string[];
  readonly desiredRole: string | undefined;
  readonly effect: Effect | undefined;
  /** Who or what made it necessary: changes of one origin are held together. */
  readonly origin: string;
  /** What the breaker has said before about this very change; undefined: nothing. */
  readonly earlier: { readonly decision: "waiting" | "approved"; readonly reason: string } | undefined;
  readonly verdict: Verdict;
}
