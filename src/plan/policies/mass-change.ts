import type { Change } from "../change.js";
import { EFFECTS } from "../effect.js";
import { limitOn, overspent } from "./budget.js";
import type { Policy } from "./policy.js";

/** Too many of one effect within its window: held is all that made it too many, never half of it. Approved is approved. */
export const massChange: Policy = (changes, { mapping, budgets }) => {
  const held = new Map<Change, string>();
  for (const effect of EFFECTS) {
    const limit = limitOn(effect, mapping.safety);
    const limited = changes.filter((change) => change.effect === effect && change.earlier?.decision !== "approved");
    if (limit === undefined || limited.length === 0) continue;
    const budget = budgets.get(effect);
    const over = budget && overspent(effect, budget, limit);
    for (const change of limited) {
      // Held stays held: neither a window that has passed nor a restart lets it go.
      if (change.earlier) held.set(change, change.earlier.reason);
      else if (over && !over.fitting.has(change.origin)) held.set(change, over.reason);
    }
  }
  return held;
};
