// What is left of a look that finds nothing to do: the outcome to settle with, and what the link has to remember.
import type { Link } from "../ports.js";
import type { Context } from "./context.js";
import { known, linkAfter, type AccountLook } from "./look.js";
import { rotationWarning } from "./seating.js";
import type { Ending } from "./settle.js";

export function ending(ctx: Context, look: AccountLook): Ending {
  const { decision } = look;
  if (decision.kind === "failing")
    return { ...known(look), state: "failing", reason: decision.reason, lastError: decision.reason };
  const told = decision.kind === "settled" ? decision.warning : undefined;
  const warning =
    [told, rotationWarning(ctx, look.rotatedUntil)].filter((each) => each !== undefined).join("; ") || undefined;
  return { ...known(look), state: "converged", reason: decision.reason, warning };
}

/** Answers the link as it is stored now. */
export async function remember(ctx: Context, look: AccountLook): Promise<Link | undefined> {
  const next = linkAfter(look.link, look.account);
  if (next) await ctx.store.work.putLink(next);
  return next ?? look.link;
}
