import { isRole, type Member, type Role } from "../membership/index.js";
import type { Resolution } from "../mapping/index.js";
import { namesKey, type Account } from "./account.js";
import type { MemberOperation } from "./operation.js";
import { settled, type Decision, type Rules } from "./decision.js";
import { isOrdinary } from "./policies/untouchable.js";

export function decideActive(account: Account, rules: Rules): Decision {
  const { observed, resolution } = account;
  if (resolution === undefined) throw new TypeError("an active person comes with a resolution");
  if (observed === undefined) return decideAbsent(account, resolution, rules);
  const desired = desire(account, observed, resolution, rules);
  if (desired.role === "as observed" || desired.role === observed.role)
    return (
      renamed(account, observed, desired) ?? settled(desired.reason, observed.role, addressWarning(account, observed))
    );
  const { userId, email, role: from } = observed;
  return {
    kind: "change",
    operation: { kind: "set-role", userId, email, from, role: desired.role },
    reason: desired.reason,
    desiredRole: desired.role,
  };
}

/** Nobody there: bring a soft-deleted membership back, else create the account, else invite, else say so. */
function decideAbsent(account: Account, resolution: Resolution, rules: Rules): Decision {
  const { person, formerUserId, invited } = account;
  const wanted = resolution.role === "keep" ? undefined : resolution.role;
  const reason = reasonOf(resolution);
  const change = (operation: MemberOperation): Decision => ({
    kind: "change",
    operation,
    reason,
    desiredRole: wanted,
  });
  if (formerUserId !== undefined && invited === false)
    return change({
      kind: "set-role",
      userId: formerUserId,
      email: person.email ?? "",
      from: undefined,
      role: wanted ?? "NO",
    });
  if (person.email === undefined)
    return { kind: "failing", reason: "no e-mail: Label Studio identifies people by it", desiredRole: wanted };
  if (invited !== false) return settled("invited by e-mail", wanted, "the invitation has not been accepted yet");
  switch (rules.create) {
    case "api":
      return change({
        kind: "create-account",
        email: person.email,
        firstName: person.firstName,
        lastName: person.lastName,
      });
    case "invite":
      return change({ kind: "invite", email: person.email, role: wanted ?? "NO" });
    case "never":
      return {
        kind: "failing",
        reason: "no account in this organisation, and the mapping says create: never",
        desiredRole: wanted,
      };
  }
}

interface Desired {
  /** `as observed`: whatever they have stays, also a code that the bridge does not know. */
  readonly role: Role | "as observed";
  readonly reason: string;
}

/** IdPs push users first and groups minutes later: a first sync must not lock an organisation out. */
export const awaitsFirstMatch = ({ link, resolution }: Account, { adopt }: Pick<Rules, "adopt">): boolean =>
  adopt === "gentle" && resolution?.matched !== true && !link?.everMatched && !link?.createdByUs;

function desire(account: Account, observed: Member, resolution: Resolution, rules: Rules): Desired {
  const { role } = resolution;
  const waiting = awaitsFirstMatch(account, rules);
  if (role !== "keep" && !waiting) return { role, reason: reasonOf(resolution) };
  return {
    role: restored(account, observed) ?? "as observed",
    reason: waiting ? "awaiting first match" : "keep: no rule matches",
  };
}

/** After the bridge's own DI, keeping what is observed would keep a reactivated person out. */
function restored({ link }: Account, observed: Member): Role | undefined {
  const before = link?.roleBeforeDeactivation;
  return observed.role === "DI" && isRole(before) ? before : undefined;
}

function reasonOf({ matched, reasons }: Resolution): string {
  const winner = reasons.find((reason) => reason.won);
  if (!matched || winner === undefined) return "default: no rule matches";
  return `rule in line ${winner.line} of the mapping`;
}

/** Names follow the IdP's changes only: never at adoption, never as drift, never for people the bridge leaves alone. */
function renamed({ person, link }: Account, observed: Member, desired: Desired): Decision | undefined {
  if (link === undefined || link.namesSent === namesKey(person) || !isOrdinary(observed)) return undefined;
  const { firstName, lastName } = person;
  return {
    kind: "change",
    operation: { kind: "set-names", userId: observed.userId, firstName, lastName },
    reason: desired.reason,
    desiredRole: observed.role,
  };
}

const addressWarning = ({ person }: Account, observed: Member): string | undefined =>
  observed.email === person.email
    ? undefined
    : "the e-mail at Label Studio differs from the IdP's and cannot be changed through its API; role and access follow the account";
