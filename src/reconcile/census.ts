// Too many are told by counting: what will be done to everybody who waits is noted before the first of it is done.
import { changeOf, foresee, reassignmentsOf } from "../foresight/index.js";
import { applyRails, limitOn, type Budget, type Change, type Effect } from "../plan/index.js";
import type { Lane, PersonRow, Unforeseen } from "../ports.js";
import type { Context } from "./context.js";
import { stands } from "./look.js";
import type { Planned } from "./planned.js";
import { protections } from "./protections.js";

const EVERY_LANE: readonly Lane[] = ["leaver", "change", "review", "sweep"];
/** People whom one statement is about. */
const AT_ONCE = 500;

/** The budgets of the limited effects among these; nothing is counted where nothing is limited. */
export async function budgets(ctx: Context, planned: readonly Counted[]): Promise<ReadonlyMap<Effect, Budget>> {
  const { safety } = ctx.mapping();
  const allowed = planned.filter(({ change }) => change.verdict.kind === "allowed");
  const effects = new Set(allowed.flatMap(({ change }) => change.effect ?? []));
  const limited = [...effects].filter((effect) => limitOn(effect, safety) !== undefined);
  if (limited.length === 0) return new Map();
  await ctx.store.rails.foresee(noted(planned));
  // Leavers do not wait until everybody else has been worked out.
  const urgent = planned.every(({ claim }) => claim.lane === "leaver");
  await noteEverybody(ctx, urgent ? ["leaver"] : EVERY_LANE);
  const pairs: [Effect, Budget][] = [];
  for (const effect of limited) pairs.push([effect, await budget(ctx, effect)]);
  return new Map(pairs);
}

/** What is counted of somebody in hand. */
export interface Counted {
  readonly claim: Planned["claim"];
  readonly change: Change;
}

/** One row a person: of several changes the one that is counted. */
function noted(counted: readonly Counted[]) {
  const byPerson = new Map<string, Noted>();
  for (const { claim, change } of counted) {
    const { personId, seq } = claim;
    const effect = change.verdict.kind === "allowed" ? change.effect : undefined;
    byPerson.set(personId, { personId, seq, effect: effect ?? byPerson.get(personId)?.effect });
  }
  return [...byPerson.values()];
}

interface Noted {
  readonly personId: string;
  readonly seq: number;
  readonly effect: Effect | undefined;
}

async function budget({ store, mapping, clock }: Context, effect: Effect): Promise<Budget> {
  const limit = limitOn(effect, mapping().safety);
  if (limit === undefined) return { applied: 0, waiting: [], among: 0 };
  const since = clock.now() - limit.windowMs;
  const { applied, waiting } = await store.rails.spent(effect, since);
  const all = waiting.reduce((sum, { people }) => sum + people, applied);
  // Counting everybody is for when it matters.
  const matters = all >= limit.from || all > limit.atMost || waiting.some(({ held }) => held);
  return { applied, waiting, among: matters ? await store.rails.among(effect, since) : 0 };
}

async function noteEverybody(ctx: Context, lanes: readonly Lane[]): Promise<void> {
  const waiting = await ctx.store.rails.unforeseen(lanes);
  for (let start = 0; start < waiting.length; start += AT_ONCE)
    await noteThese(ctx, waiting.slice(start, start + AT_ONCE));
}

async function noteThese(ctx: Context, waiting: readonly Unforeseen[]): Promise<void> {
  const { store } = ctx;
  const due = new Set(waiting.filter(({ leaverDue }) => leaverDue).map(({ personId }) => personId));
  const people = await store.work.people(waiting.map(({ personId }) => personId));
  // What was rejected counts again once it is news.
  const rows = people.map((row, at): PersonRow => {
    const claim = waiting[at];
    return row.hold && claim && !stands(row.hold, claim) ? { ...row, hold: undefined } : row;
  });
  const known = { store, mapping: ctx.mapping, catalog: ctx.places.catalog };
  const foreseen = await foresee(known, rows, (personId) => due.has(personId));
  const changes = foreseen.flatMap(({ row, reassigning, ...account }): readonly Change[] => {
    const change = changeOf(account, row.link, "");
    return change ? [change] : reassignmentsOf(reassigning, row.personId, "");
  });
  const railed = applyRails(changes, protections(ctx));
  const counted = railed.filter(({ verdict, effect }) => verdict.kind === "allowed" && effect !== undefined);
  const effects = new Map(counted.map(({ personId, effect }) => [personId, effect]));
  await store.rails.foresee(waiting.map(({ personId, seq }) => ({ personId, seq, effect: effects.get(personId) })));
}
