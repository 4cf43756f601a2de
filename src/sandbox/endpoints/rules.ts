import { isRole, isWorking } from "../../membership/index.js";
import { forbidden, invalid, notFound, refused, type Refused } from "../answers.js";
import type { Answer } from "../answers.js";
import type { Site } from "../routing.js";
import type { Membership } from "../state.js";

/** Why this role cannot be given; undefined when it can (contract 2.2). */
export function roleRefusal(role: string, site: Site): Refused | undefined {
  if (!isRole(role)) return invalid({ role: [`"${role}" is not a valid choice.`] });
  if (role === "OW" && !site.behaviour.ownerAssignable)
    return invalid({ role: ["The Owner role cannot be assigned."] });
  return undefined;
}

/** Refuses somebody who would newly take a seat when all are taken; the vendor's status is unknown (contract 3, seats). */
export function seatRefusal(site: Site, next: string, present: string | undefined): Refused | undefined {
  const { seatLimit } = site.behaviour;
  if (seatLimit === undefined || !isWorking(next) || isWorking(present)) return undefined;
  const taken = site.world.seatsTaken();
  return taken < seatLimit
    ? undefined
    : refused(400, `User limit reached: ${taken} of ${seatLimit} seats are taken. Contact your account manager.`);
}

/** 404 for an organisation that does not exist, 403 for one that the owner of the key does not belong to. */
export function organizationRefusal(id: number | undefined, site: Site, why?: string): Answer | undefined {
  if (id === site.world.organizationId) return undefined;
  return id === site.world.elsewhereId ? forbidden(why) : notFound();
}

/** Whether tags and places outlive the membership is not known (contract 6, e): a choice. */
export function softDeleteIn({ world, behaviour }: Site, membership: Membership): void {
  if (!behaviour.assignmentsStay) world.places.dismiss(membership.account.id);
  world.softDelete(membership);
}
