import type { Assignable, ProjectRole, Role } from "../membership/index.js";

/**
 * One change at Label Studio, as data. `userId` is Label Studio's user id, `from` the role last observed.
 * `deactivate` is a role update to DI, `soft-delete` ends the membership (the account and its work stay).
 */
export type MemberOperation =
  | {
      readonly kind: "create-account";
      readonly email: string;
      readonly firstName: string;
      readonly lastName: string;
    }
  | { readonly kind: "invite"; readonly email: string; readonly role: Role }
  | { readonly kind: "revoke-invitation"; readonly email: string }
  | {
      readonly kind: "set-role";
      readonly userId: number;
      readonly email: string;
      readonly from: string | undefined;
      readonly role: Role;
    }
  | { readonly kind: "deactivate"; readonly userId: number; readonly email: string; readonly from: string | undefined }
  | { readonly kind: "soft-delete"; readonly userId: number; readonly email: string; readonly from: string | undefined }
  | { readonly kind: "set-names"; readonly userId: number; readonly firstName: string; readonly lastName: string };

/** Into `join` and out of `leave`, both in the order in which it is carried out: many people's go in one call. */
export interface Reassignment {
  readonly kind: "reassign";
  readonly userId: number;
  readonly join: readonly Joining[];
  readonly leave: readonly Assignable[];
}

export interface Joining {
  readonly of: Assignable;
  /** Of a project; elsewhere always `inherit`. */
  readonly role: ProjectRole;
}

export type Operation = MemberOperation | Reassignment;

/** Role and access stay as they are. */
export const keepsRole = ({ kind }: Operation): boolean => kind === "set-names" || kind === "reassign";

export type OperationKind = Operation["kind"];
