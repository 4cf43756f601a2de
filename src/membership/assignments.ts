// Tags, workspaces and projects: what there is, and who is in it.

/** In the order in which they are carried out. */
export const ASSIGNABLE_KINDS = ["workspace", "project", "tag"] as const;
export type AssignableKind = (typeof ASSIGNABLE_KINDS)[number];

/** Something at Label Studio that members can be assigned to: `name` is a workspace's or project's title, a tag's label. */
export interface Assignable {
  readonly kind: AssignableKind;
  readonly id: number;
  readonly name: string;
}

/** Roles that mean something in a project (contract 2.9); `inherit`: a member of it without a role of its own. */
export const PROJECT_ROLES = ["inherit", "AN", "RE"] as const;
export type ProjectRole = (typeof PROJECT_ROLES)[number];

/** One explicit member of a workspace or project. */
export interface Assignee {
  readonly userId: number;
  /** A project's own role as reported; undefined: none, and always in workspaces. */
  readonly role: string | undefined;
}
