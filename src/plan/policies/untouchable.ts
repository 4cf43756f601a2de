import { isRole, type Member } from "../../membership/index.js";
import { each } from "./policy.js";

const isViewOnly = (member: Member): boolean => member.role === "VO" || member.userType === "viewonly";

/** A standard member with a role that we know: what the API documents as assignable (contract 2.2, 2.4). */
export const isOrdinary = (member: Member): boolean =>
  !isViewOnly(member) &&
  (member.userType === undefined || member.userType === "standard") &&
  (member.role === undefined || isRole(member.role));

/**
 * View-only, flex and service accounts and role codes that we do not know stay as they are; giving a view-only member a
 * working role is a paid one-way step. The one exception: a view-only leaver is deactivated.
 */
export const untouchable = each(({ operation, observed }) => {
  if (observed === undefined || isOrdinary(observed)) return undefined;
  if (isViewOnly(observed))
    return operation.kind === "deactivate"
      ? undefined
      : "protected: a view-only member is only ever deactivated by the bridge; change the seat in Label Studio";
  return `protected: ${description(observed)} is never changed by the bridge; change it in Label Studio`;
});

const description = ({ userType, role }: Member): string =>
  userType !== undefined && userType !== "standard"
    ? `a member of type ${JSON.stringify(userType)}`
    : `a member with the unknown role ${JSON.stringify(role)}`;
