import type { Account } from "./account.js";
import { decideActive } from "./active.js";
import { settled, type Decision, type Rules } from "./decision.js";

export function decide(account: Account, rules: Rules): Decision {
  switch (account.person.standing) {
    case "active":
      return decideActive(account, rules);
    case "inactive":
      return decideInactive(account);
    case "deleted":
      return decideDeleted(account, rules);
  }
}

function decideInactive(account: Account): Decision {
  const { observed, person } = account;
  const deactivated = "deactivated by the IdP";
  if (observed === undefined) return revoked(account, deactivated) ?? settled(`${deactivated}; no membership`, "DI");
  if (observed.role === "DI" && !person.leaverDue) return settled(deactivated, "DI");
  return deactivate(account, deactivated);
}

function decideDeleted(account: Account, rules: Rules): Decision {
  const { observed, person } = account;
  const deleted = "deleted by the IdP";
  if (observed === undefined) return revoked(account, deleted) ?? settled(`${deleted}; no membership`, undefined);
  // A view-only member may be deactivated as a leaver and nothing else.
  if (rules.deprovision.delete === "DI" || isViewOnly(account)) {
    if (observed.role === "DI" && !person.leaverDue) return settled(deleted, "DI");
    return deactivate(account, deleted);
  }
  const { userId, email, role } = observed;
  return {
    kind: "change",
    operation: { kind: "soft-delete", userId, email, from: role },
    reason: deleted,
    desiredRole: undefined,
  };
}

/** Whoever has left must not come in by a link that is still in their mailbox. */
function revoked({ invited }: Account, reason: string): Decision | undefined {
  if (invited === false) return undefined;
  const operation = { kind: "revoke-invitation", email: invited } as const;
  return { kind: "change", operation, reason, desiredRole: undefined };
}

const isViewOnly = ({ observed }: Account): boolean => observed?.role === "VO" || observed?.userType === "viewonly";

function deactivate({ observed }: Account, reason: string): Decision {
  if (observed === undefined) return settled(reason, "DI");
  const { userId, email, role } = observed;
  return {
    kind: "change",
    operation: { kind: "deactivate", userId, email, from: role },
    reason,
    desiredRole: "DI",
  };
}
