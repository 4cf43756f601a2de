import { BridgeError } from "../../errors.js";
import { SECTION_KEYS } from "../../mapping/index.js";
import type { AssignableKind } from "../../membership/index.js";
import { isoNow, type Context } from "../context.js";
import type { Todo } from "./todo.js";

const BRIDGE = { actor: "bridge", requestId: undefined } as const;

/** Undefined: nothing was missing. Else by kind why not everything could be made; what could be is there. */
export async function createMissing(
  ctx: Context,
  todos: readonly Todo[],
): Promise<ReadonlyMap<AssignableKind, BridgeError> | undefined> {
  const names = ctx.observeOnly ? [] : [...missingIn(ctx, todos)];
  if (names.length === 0) return undefined;
  const unmade = new Map<AssignableKind, BridgeError>();
  for (const [kind, some] of names) {
    try {
      await ctx.places.create(kind, [...some]);
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      unmade.set(kind, error);
    }
    const answer = unmade.get(kind)?.message;
    const detail = { section: SECTION_KEYS[kind].section, names: [...some], ...(answer !== undefined && { answer }) };
    await ctx.store.work.audit({ at: isoNow(ctx.clock), ...BRIDGE, action: `${kind}.create`, subject: kind, detail });
  }
  return unmade;
}

function missingIn(ctx: Context, todos: readonly Todo[]): ReadonlyMap<"tag" | "workspace", ReadonlySet<string>> {
  const names = new Map<"tag" | "workspace", Set<string>>();
  for (const { wanted, ...located } of todos.flatMap(({ reassigning }) => reassigning?.located ?? [])) {
    const { kind, named } = wanted;
    if (located.kind !== "missing" || !located.creatable || kind === "project" || ctx.places.problemWith({ kind }))
      continue;
    if ("name" in named) names.set(kind, (names.get(kind) ?? new Set()).add(named.name));
  }
  return names;
}
