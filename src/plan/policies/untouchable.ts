import { isRole, isWorking, type Member } from "../../membership/index.js";
import { each } from "./policy.js";

const isViewOnly = (member: Member): boolean => member.role === "VO" || member.userType === "viewonly";

/** A standard member with a role that we know: what the API documents as assignable (contract 2.2, 2.4). */
export const isOrdinary = (member: Member): boolean =>
  !isViewOnly(member) &&
  (member.userType === undefined || member.userType === "standard") &&
  (member.role === undefined || isRole(member.role));

/**
 * View-only, flex and service accounts and role codes that we do not know stay as they are. The exceptions: a view-only
 * leaver is deactivated, and a view-only member gets a working role where the mapping takes that paid one-way step.
 */
export const untouchable = each(({ operation, observed }, { mapping }) => {
  if (observed === undefined || isOrdinary(observed)) return undefined;
  if (isViewOnly(observed)) {
    const upgrades = operation.kind === "set-role" && isWorking(operation.role);
    return operation.kind === "deactivate" || (upgrades && mapping.seats.upgradeViewOnly)
      ? undefined
      : VIEW_ONLY[upgrades ? "upgraded" : "changed"];
  }
  return `protected: ${description(observed)} is never changed by the bridge; change it in Label Studio`;
});

const VIEW_ONLY = {
  upgraded:
    "protected: a working role for a view-only member is a paid step that cannot be undone; the bridge takes it with seats.upgradeViewOnly: true",
  changed: "protected: a view-only member is only ever deactivated by the bridge; change the seat in Label Studio",
};

const description = ({ userType, role }: Member): string =>
  userType !== undefined && userType !== "standard"
    ? `a member of type ${JSON.stringify(userType)}`
    : `a member with the unknown role ${JSON.stringify(role)}`;
