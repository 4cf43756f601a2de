import type { Assignable, ProjectRole } from "../membership/index.js";

/** One change for many people at once, as data; user ids are Label Studio's. */
export type Assignment =
  /** Adds tags and leaves the others. */
  | { readonly kind: "add-tags"; readonly tags: readonly Assignable[]; readonly userIds: readonly number[] }
  /** Each of them has these tags and no other afterwards: there is no call that takes one tag away (contract 2.5). */
  | { readonly kind: "set-tags"; readonly tags: readonly Assignable[]; readonly userIds: readonly number[] }
  | {
      readonly kind: "join-workspace" | "leave-workspace" | "leave-project";
      readonly of: Assignable;
      readonly userIds: readonly number[];
    }
  /** Members already: their project role is made this one. */
  | {
      readonly kind: "join-project";
      readonly of: Assignable;
      readonly role: ProjectRole;
      readonly userIds: readonly number[];
    };
