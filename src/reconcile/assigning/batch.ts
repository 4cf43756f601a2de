// One batch of people whose role is settled: what they are in against what they should be in, the rails, as few calls as can be.
import type { BridgeError } from "../../errors.js";
import { foresee } from "../../foresight/index.js";
import type { AssignableKind } from "../../membership/index.js";
import { applyRails, type Change, type Reassignment } from "../../plan/index.js";
import type { Claim } from "../../ports.js";
import { budgets } from "../census.js";
import type { Context } from "../context.js";
import { pooled } from "../pool.js";
import { protections } from "../protections.js";
import { end, failed } from "./end.js";
import { createMissing } from "./missing.js";
import { sendAll } from "./send.js";
import { isStale, todoOf, type Todo } from "./todo.js";

/** People whom one statement is about. */
const AT_ONCE = 500;
/** Settled side by side, so that they share commits. */
const SETTLED_AT_ONCE = 120;

export async function assignAll(ctx: Context, claims: readonly Claim[]): Promise<void> {
  try {
    const todos = await planned(ctx, claims);
    const failures = await sendAll(ctx, todos);
    await pooled(SETTLED_AT_ONCE, todos, (todo) => end(ctx, todo, failures.get(todo.claim.personId)));
  } catch (error) {
    // What stops everybody is everybody's failure: nobody is left in hand with nothing to come.
    await pooled(SETTLED_AT_ONCE, claims, (claim) => failed(ctx, claim, error));
  }
}

async function planned(ctx: Context, claims: readonly Claim[]): Promise<readonly Todo[]> {
  await ctx.places.ensure();
  const first = await look(ctx, claims, NONE);
  const unmade = await createMissing(ctx, first);
  const todos = unmade === undefined ? first : await look(ctx, claims, unmade);
  return underRails(ctx, await withoutStaleHolds(ctx, todos));
}

type Unmade = ReadonlyMap<AssignableKind, BridgeError>;
const NONE: Unmade = new Map();

async function look(ctx: Context, claims: readonly Claim[], unmade: Unmade): Promise<readonly Todo[]> {
  const todos: Todo[] = [];
  for (let start = 0; start < claims.length; start += AT_ONCE) {
    const some = claims.slice(start, start + AT_ONCE);
    const rows = await ctx.store.work.people(some.map(({ personId }) => personId));
    const known = { store: ctx.store, mapping: ctx.mapping, catalog: ctx.places.catalog };
    const foreseen = new Map((await foresee(known, rows)).map((each) => [each.row.personId, each]));
    for (const claim of some) todos.push(todoOf(ctx, claim, foreseen.get(claim.personId), unmade));
  }
  return todos;
}

/** Whoever is held counts for what is held of them only: what is about something else now is counted anew. */
async function withoutStaleHolds({ store }: Context, todos: readonly Todo[]): Promise<readonly Todo[]> {
  for (const todo of todos.filter(isStale)) await store.rails.forgetHold(todo.claim.personId, "assign");
  return todos.map((todo) => (isStale(todo) ? { ...todo, hold: undefined } : todo));
}

async function underRails(ctx: Context, todos: readonly Todo[]): Promise<readonly Todo[]> {
  const pairs = todos.flatMap(({ claim, changes }) => changes.map((change) => ({ claim, change })));
  if (pairs.length === 0) return todos;
  const all = pairs.map(({ change }) => change);
  const first = applyRails(all, protections(ctx));
  const counted = pairs.map(({ claim, change }, at) => ({ claim, change: first[at] ?? change }));
  const railed = applyRails(first, { ...protections(ctx), budgets: await budgets(ctx, counted) });
  const byPerson = new Map<string, Change<Reassignment>[]>();
  for (const change of railed) byPerson.set(change.personId, [...(byPerson.get(change.personId) ?? []), change]);
  return todos.map((todo) => ({ ...todo, changes: byPerson.get(todo.claim.personId) ?? [] }));
}
