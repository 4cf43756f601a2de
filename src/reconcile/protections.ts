import type { RailContext } from "../plan/index.js";
import type { Context } from "./context.js";

/** The rails that nothing has to be read for. */
export const protections = (ctx: Pick<Context, "mapping" | "observeOnly" | "upstream">): RailContext => ({
  principalId: ctx.upstream.report().principal?.userId,
  mapping: ctx.mapping(),
  observeOnly: ctx.observeOnly,
  ownerIds: undefined,
  administrators: undefined,
  seats: undefined,
  budgets: new Map(),
});
