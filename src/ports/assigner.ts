// How people get into workspaces and projects, and tags: part of Target (types only).
import type { Assignable, AssignableKind, Assignee, Member } from "../membership/index.js";
import type { Assignment } from "../plan/index.js";
import type { Errand } from "./errand.js";

/** Order in which calls get the next slot of the pace: leavers, whatever lowers, grants, everything else. */
export type Urgency = "leaver" | "lower" | "grant" | "sweep";

/** What became of everybody in an assignment whose call was not refused as a whole. */
export interface Assigned {
  readonly done: readonly number[];
  /** Each with the vendor's words, or what we found when we read again; `reason` is the same for all refused alike. */
  readonly refused: readonly { readonly userId: number; readonly message: string; readonly reason: string }[];
}

/** Filters of `GET /api/organizations/{id}/memberships` (contract 2.4); what a server may ignore is checked again on our side. */
export interface MemberFilter {
  readonly search?: string | undefined;
  readonly ordering?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly tags?: readonly number[] | undefined;
  readonly userTypes?: readonly string[] | undefined;
  readonly isDeleted?: boolean | undefined;
  readonly excludeProjectId?: number | undefined;
  readonly excludeWorkspaceId?: number | undefined;
  /** Slow: adds `contributedToProjects` to each row. */
  readonly contributedToProjects?: boolean | undefined;
  /** ISO 8601. */
  readonly lastActivityFrom?: string | undefined;
  readonly lastActivityUntil?: string | undefined;
}

/** A row of the organisation's list, with what only operators ask for. */
export interface ListedMember extends Member {
  readonly lastActivity: string | undefined;
  readonly deleted: boolean;
  readonly contributedToProjects: readonly { readonly id: number; readonly title: string }[] | undefined;
}

/** Part of Target; errors as there. */
export interface Assigner {
  /** The organisation's list with filters, page by page; soft-deleted rows only when asked for. */
  members(filter: MemberFilter, urgency: Urgency): AsyncIterable<readonly ListedMember[]>;
  /**
   * What there is of a kind: everything for tags and workspaces, for projects those with one of these ids or titles (without
   * case and outer space). undefined: this server has nothing of the kind (404).
   */
  assignables(
    kind: AssignableKind,
    wanted: { readonly ids: readonly number[]; readonly names: readonly string[] },
    urgency: Urgency,
  ): Promise<readonly Assignable[] | undefined>;
  /** Makes those that are not there yet; answers all of them. */
  createAssignables(
    kind: "tag" | "workspace",
    names: readonly string[],
    urgency: Urgency,
  ): Promise<readonly Assignable[]>;
  /** Everybody who is explicitly in a workspace or project: complete, or it throws. */
  assignees(of: Assignable, urgency: Urgency): Promise<readonly Assignee[]>;
  /**
   * Safe to repeat; success when it is already so. In bulk where the server has bulk calls, else one by one, which is found
   * out once and remembered. `stillWanted` and `errand` as in `Target.apply`.
   */
  assign(
    assignment: Assignment,
    urgency: Urgency,
    stillWanted?: () => Promise<boolean>,
    errand?: Errand,
  ): Promise<Assigned>;
}
