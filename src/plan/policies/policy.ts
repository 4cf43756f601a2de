import type { Mapping } from "../../mapping/index.js";
import type { Change } from "../change.js";
import type { Effect } from "../effect.js";
import type { Budget } from "./budget.js";
import type { SeatSupply } from "./supply.js";

export interface RailContext {
  /** The user behind the API key. */
  readonly principalId: number | undefined;
  readonly mapping: Pick<Mapping, "protect" | "safety" | "seats" | "index">;
  /** User ids of everybody who is Owner, from a read just made; undefined when none was needed. */
  readonly ownerIds: readonly number[] | undefined;
  /** How many have the role OW or AD, as last read; undefined when it was not needed. */
  readonly administrators: number | undefined;
  /** What has been done and what waits, by its effect; an effect that is not here is not limited, or not needed. */
  readonly budgets: ReadonlyMap<Effect, Budget>;
  /** undefined: not limited as far as is known, or nobody needs one. */
  readonly seats: SeatSupply | undefined;
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
