import type { Change, MemberOperation } from "../plan/index.js";
import type { Claim } from "../ports.js";
import type { AccountLook } from "./look.js";

/** One person of a batch with the step that is next for them. */
export interface Planned {
  readonly claim: Claim;
  readonly look: AccountLook;
  readonly change: Change<MemberOperation>;
}
