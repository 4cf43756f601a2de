// The closed union of things worth logging or counting. No names or addresses of people, no secrets: ids and codes only.
import type { Errand } from "./ports/errand.js";
import type { RoleSource } from "./membership/index.js";
import type { ErrorCode } from "./errors.js";
import type { OperationKind } from "./plan/index.js";

/** How a request for an access token ended: issued, or an error code (RFC 6749 §5.2). */
export type TokenOutcome =
  | "issued"
  | "invalid_request"
  | "invalid_client"
  | "unsupported_grant_type"
  | "method_not_allowed"
  | "slow_down"
  | "temporarily_unavailable";

export type BridgeEvent =
  | { readonly kind: "listening"; readonly url: string }
  /** Operators are answered at a port of their own. */
  | { readonly kind: "admin-listening"; readonly url: string }
  | { readonly kind: "stopping"; readonly signal: string }
  | {
      readonly kind: "scim-request";
      readonly requestId: string;
      readonly method: string;
      /** Route pattern, never the path with its ids. */
      readonly route: string;
      readonly status: number;
      readonly durationMs: number;
      readonly token: string | undefined;
      /** W3C Trace Context, as sent. */
      readonly traceparent: string | undefined;
    }
  | { readonly kind: "scim-fault"; readonly requestId: string; readonly error: unknown }
  /** Managed tokens and clients' secrets that are there, at the start if there is any, and whenever one is made or revoked. */
  | {
      readonly kind: "credentials";
      readonly credentials: readonly {
        readonly id: string;
        readonly kind: "token" | "client";
        /** The operator's word for who has it. */
        readonly name: string;
        readonly expiresAt: number | undefined;
      }[];
    }
  | {
      readonly kind: "credential-expiry";
      readonly id: string;
      readonly credential: "token" | "client";
      readonly name: string;
      /** Within 14 days, within one, or over. */
      readonly state: "expiring" | "ending" | "expired";
      readonly expiresAt: number;
    }
  | {
      readonly kind: "token-request";
      readonly outcome: TokenOutcome;
      /** Of the client that it was issued to. */
      readonly name: string | undefined;
      readonly reason: string | undefined;
      readonly durationMs: number;
    }
  | {
      readonly kind: "upstream-call";
      readonly method: string;
      /** e.g. `memberships.patch`, `users.create`, `token.refresh`. */
      readonly call: string;
      readonly outcome: "ok" | "refused" | "unauthorized" | "rate-limited" | "unavailable";
      readonly status: number | undefined;
      readonly durationMs: number;
      readonly errand: Errand | undefined;
      /** Another one for each call, within this process. */
      readonly callId: string;
      /** How far the server's clock is ahead of ours, give or take a second; undefined: it does not say. */
      readonly skewMs: number | undefined;
    }
  /** The store is a restored backup, or a copy: nothing is sent until an operator resumes. */
  | { readonly kind: "restored"; readonly because: string }
  /** Another mapping is in force. */
  | { readonly kind: "mapping-changed"; readonly digest: string; readonly rules: number }
  /** The file has changed and is not valid: the mapping in force stays. Lines and messages, as `check` says them. */
  | { readonly kind: "mapping-refused"; readonly problems: readonly string[] }
  | { readonly kind: "upstream-checked"; readonly ok: boolean; readonly problem: string | undefined }
  | { readonly kind: "upstream-warning"; readonly warning: string }
  | {
      /** The store was made for another server or organisation: links that a complete read does not confirm are gone. */
      readonly kind: "upstream-moved";
      readonly from: string;
      readonly to: string;
      readonly members: number;
      readonly kept: number;
      readonly dropped: number;
    }
  | {
      readonly kind: "applied";
      readonly personId: string;
      readonly operation: OperationKind;
      readonly errand: Errand;
      readonly durationMs: number;
      /** Of a deactivation or deletion: since the request that asked for it was committed. */
      readonly sinceAskedMs: number | undefined;
    }
  | {
      /** Not carried out, or not known to be. */
      readonly kind: "not-applied";
      readonly personId: string;
      readonly operation: OperationKind;
      readonly errand: Errand;
      readonly durationMs: number;
      readonly code: ErrorCode | "unknown";
    }
  | {
      readonly kind: "settled";
      readonly personId: string;
      readonly state: "converged" | "held" | "failing" | "retry";
      readonly reason: string;
    }
  | {
      /** Somebody's role was changed at Label Studio and is left so. */
      readonly kind: "drift";
      readonly personId: string;
      readonly role: string | undefined;
      readonly desiredRole: string | undefined;
      readonly source: RoleSource;
    }
  /** A rule of this section names what is not there at Label Studio; the status says which. */
  | { readonly kind: "section-problem"; readonly section: string }
  /** Tags, workspaces or projects cannot be worked on: Label Studio has none, or refuses. */
  | { readonly kind: "section-unusable"; readonly section: string; readonly error: unknown }
  /** After a complete read on schedule: how many people it has shown to be looked at. */
  | { readonly kind: "swept"; readonly people: number }
  /** Many are pending; `fewer` than some seconds ago. */
  | { readonly kind: "working-off"; readonly pending: number; readonly fewer: number }
  | { readonly kind: "observed"; readonly members: number; readonly durationMs: number }
  /** Somebody has sent a wrong token to `/admin`. */
  | { readonly kind: "operator-refused" }
  /** Whether this process runs the loop from now on. */
  | { readonly kind: "loop-lease"; readonly held: boolean }
  /** The end of the audit log's chain, to be kept elsewhere. */
  | { readonly kind: "audit-head"; readonly place: number; readonly hash: string }
  | {
      /** Something was told to the configured webhook, or could not be. */
      readonly kind: "notice";
      readonly type: "held" | "failing" | "paused" | "upstream" | "token-expiring";
      readonly ok: boolean;
      /** A status, or the code of a network fault. */
      readonly answer: string;
      /** In a row. */
      readonly failures: number;
    }
  | { readonly kind: "loop-fault"; readonly error: unknown };

/** Where events go; never throws, never waits. */
export type Emit = (event: BridgeEvent) => void;
