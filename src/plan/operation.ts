import type { Role } from "../membership/index.js";

/**
 * One change at Label Studio, as data. `userId` is Label Studio's user id, `from` the role last observed.
 * `deactivate` is a role update to DI, `soft-delete` ends the membership (the account and its work stay).
 */
export type Operation =
  | {
      readonly kind: "create-account";
      readonly email: string;
      readonly firstName: string;
      readonly lastName: string;
    }
  | { readonly kind: "invite"; readonly email: string; readonly role: Role }
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

export type OperationKind = Operation["kind"];
