import type { BridgeError } from "../../errors.js";
import type { Reassigning } from "../../foresight/index.js";
import type { Change, Reassignment } from "../../plan/index.js";
import type { Claim, Hold } from "../../ports.js";

/** One person of a batch. */
export interface Todo {
  readonly claim: Claim;
  /** undefined: no active member any more; nothing is done for them. */
  readonly reassigning: Reassigning | undefined;
  /** What they are taken out of is held, or an operator has decided about it. */
  readonly hold: Hold | undefined;
  readonly changes: readonly Change<Reassignment>[];
  readonly rejected: Change<Reassignment> | undefined;
  /** Why they cannot be in all that the mapping says. */
  readonly problem: BridgeError | undefined;
}
