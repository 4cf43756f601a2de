// What one operation tells of itself: in the audit log why it is done, in events what became of it and how long that took.
import { BridgeError } from "../errors.js";
import type { Account, OperationKind } from "../plan/index.js";
import type { Claim, Errand } from "../ports.js";
import type { ReconcileOptions } from "./options.js";

interface Reported {
  readonly claim: Claim;
  readonly operation: { readonly kind: OperationKind };
}

export function reporting({ clock, emit }: ReconcileOptions, { claim, operation }: Reported) {
  const startedAt = clock.now();
  const { personId, requestId, cause, origin, leaverAt } = claim;
  const operationId = [personId, claim.seq, claim.attempts, operation.kind, startedAt].join(":");
  const errand: Errand = { requestId, cause, origin, operationId };
  const told = (now: number) => ({
    personId,
    operation: operation.kind,
    errand,
    durationMs: Math.max(0, now - startedAt),
  });
  const endsAccess = operation.kind === "deactivate" || operation.kind === "soft-delete";
  return {
    errand,
    applied: (): void => {
      const now = clock.now();
      const sinceAskedMs = endsAccess && leaverAt !== undefined ? Math.max(0, now - leaverAt) : undefined;
      emit({ kind: "applied", ...told(now), sinceAskedMs });
    },
    failed: (error: unknown): void => {
      const code = error instanceof BridgeError ? error.code : "unknown";
      emit({ kind: "not-applied", ...told(clock.now()), code });
    },
  };
}

/** Which rule, by its line in the mapping, and what it matched; what is said of whoever is gone needs no rule. */
export function why({ person, resolution }: Account): string {
  if (resolution === undefined) return person.standing;
  const won = resolution.reasons.find((match) => match.won);
  if (!won) return "default: no rule matches";
  const { matched, line } = won;
  if (matched.kind === "everybody") return `line ${line}: everybody`;
  return `line ${line}: ${matched.kind === "group" ? `group ${matched.group.id}` : matched.attribute}`;
}
