import type { Mapping } from "../mapping/index.js";
import type { Account } from "./account.js";
import { decide } from "./decide.js";
import type { Decision, Rules } from "./decision.js";
import { isOrdinary } from "./policies/untouchable.js";

/** What somebody gets who waits for a seat: an account without access; undefined: they have that, or are to be left alone. */
export function withoutSeat(account: Account, rules: Rules & Pick<Mapping, "seats">): Decision | undefined {
  const { resolution, observed } = account;
  if (rules.seats.limit !== "no-access" || resolution === undefined) return undefined;
  // Who may look on keeps that until there is a seat.
  if (observed && !isOrdinary(observed)) return undefined;
  const decision = decide({ ...account, resolution: { ...resolution, role: "NO", matched: true } }, rules);
  return decision.kind === "change" ? { ...decision, reason: "no seat is free" } : undefined;
}
