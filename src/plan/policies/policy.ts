import type { Change } from "../change.js";

export interface RailContext {
  /** The user behind the API key. */
  readonly principalId: number | undefined;
  /** `protect.owners` of the mapping. */
  readonly ownersProtected: boolean;
  /** User ids of everybody who is Owner, from a read just made; undefined when none was needed. */
  readonly ownerIds: readonly number[] | undefined;
  /** BRIDGE_MODE=observe: nothing is ever written. */
  readonly observeOnly: boolean;
}

/** Looks at the changes still allowed and names those to hold, with the reason an operator reads. */
export type Policy = (changes: readonly Change[], context: RailContext) => ReadonlyMap<Change, string>;

/** A policy that looks at one change at a time. */
export const each =
  (reason: (change: Change, context: RailContext) => string | undefined): Policy =>
  (changes, context) => {
    const held = new Map<Change, string>();
    for (const change of changes) {
      const why = reason(change, context);
      if (why !== undefined) held.set(change, why);
    }
    return held;
  };

/** The Label Studio user an operation is about; undefined for one who has no account yet. */
export const userIdOf = ({ operation }: Change): number | undefined =>
  "userId" in operation ? operation.userId : undefined;
