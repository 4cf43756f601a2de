import { BridgeError } from "../../errors.js";
import type { Assignable } from "../../membership/index.js";
import type { Urgency } from "../../ports.js";
import type { Caller } from "../transport.js";

/** Where and how urgently people are assigned to something. */
export interface Site {
  readonly transport: Caller;
  readonly organizationId: number;
  readonly urgency: Urgency;
  readonly lacking: Lacking;
}

/** Routes that this server turned out not to have: found out once, remembered as long as the process lives. */
export type Lacking = Set<"workspaces.bulk" | "projects.bulk" | "workspaces.paginated">;

/** The collection of an assignable's members; only ids that Label Studio gave get into a path. */
export function membersPath({ kind, id }: Assignable): string {
  if (kind === "tag")
    throw new BridgeError("TARGET_REFUSED", "tags have no list of members", { reason: "tag:members" });
  return kind === "workspace" ? `/api/workspaces/${checked(id)}/memberships/` : `/api/projects/${checked(id)}/members/`;
}

/** Each once; nothing else than an id is ever sent as one. */
export const userIdsOf = (userIds: readonly number[]): readonly number[] => [...new Set(userIds)].map(checked);

export function checked(id: number): number {
  if (Number.isSafeInteger(id) && id >= 1) return id;
  throw new BridgeError("TARGET_REFUSED", `${id} is not an id of Label Studio; nothing was sent`, {
    reason: "not an id",
  });
}

/** Names are the same without case and outer space, however accents are encoded, whatever the server makes of them. */
export const nameKey = (name: string): string => name.normalize("NFC").trim().toLowerCase();
