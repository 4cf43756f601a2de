// One batch of people whose role is settled: what they are in against what they should be in, the rails, as few calls as can be.
import { BridgeError } from "../../errors.js";
import { foresee, reassignmentsOf, type Foreseen, type Reassigning } from "../../foresight/index.js";
import { SECTION_KEYS } from "../../mapping/index.js";
import { applyRails, reassigned, type Change, type Located, type Reassignment } from "../../plan/index.js";
import type { Claim, Outcome } from "../../ports.js";
import { budgets } from "../census.js";
import { isoNow, type Context } from "../context.js";
import { pooled } from "../pool.js";
import { protections } from "../protections.js";
import { fault, holdBack, settle } from "../settle.js";
import { sendAll } from "./send.js";
import type { Todo } from "./todo.js";

/** People whom one statement is about. */
const AT_ONCE = 500;
/** Settled side by side, so that they share commits. */
const SETTLED_AT_ONCE = 120;

export async function assignAll(ctx: Context, claims: readonly Claim[]): Promise<void> {
  await ctx.places.ensure();
  const first = await look(ctx, claims);
  const todos = (await createMissing(ctx, first)) ? await look(ctx, claims) : first;
  const railed = await underRails(ctx, todos);
  const failures = await sendAll(ctx, railed);
  await pooled(SETTLED_AT_ONCE, railed, (todo) => end(ctx, todo, failures.get(todo.claim.personId)));
}

async function look(ctx: Context, claims: readonly Claim[]): Promise<readonly Todo[]> {
  const todos: Todo[] = [];
  for (let start = 0; start < claims.length; start += AT_ONCE) {
    const some = claims.slice(start, start + AT_ONCE);
    const rows = await ctx.store.work.people(some.map(({ personId }) => personId));
    const known = { store: ctx.store, mapping: ctx.mapping, catalog: ctx.places.catalog };
    const foreseen = new Map((await foresee(known, rows)).map((each) => [each.row.personId, each]));
    for (const claim of some) todos.push(todoOf(ctx, claim, foreseen.get(claim.personId)));
  }
  return todos;
}

function todoOf(ctx: Context, claim: Claim, foreseen: Foreseen | undefined): Todo {
  const reassigning = foreseen?.reassigning;
  const hold = foreseen?.row.hold;
  const unusable = new Set(ctx.places.unusable().map(({ kind }) => kind));
  const usable = reassigning && without(reassigning, unusable);
  const changes = reassignmentsOf(usable, claim.personId, claim.origin, hold);
  const isRejected = ({ operation }: Change<Reassignment>): boolean =>
    hold?.decision === "rejected" && operation.leave.length > 0 && hold.to === reassigned(operation);
  return {
    claim,
    reassigning: usable,
    hold: hold?.effect === "unassign" ? hold : undefined,
    changes: changes.filter((change) => !isRejected(change)),
    rejected: changes.find(isRejected),
    problem: reassigning && problemOf(ctx, reassigning),
  };
}

/** A section that cannot be worked on is nobody's affair but of those whom it is about. */
function without(reassigning: Reassigning, kinds: ReadonlySet<string>): Reassigning {
  const usable = ({ kind }: { readonly kind: string }): boolean => !kinds.has(kind);
  const { operation, ledger } = reassigning;
  const join = operation?.join.filter(({ of }) => usable(of)) ?? [];
  const leave = operation?.leave.filter(usable) ?? [];
  return {
    ...reassigning,
    operation: operation && join.length + leave.length > 0 ? { ...operation, join, leave } : undefined,
    ledger: { put: ledger.put.filter(usable), drop: ledger.drop.filter(usable) },
  };
}

function problemOf({ places }: Context, { located, operation }: Reassigning): BridgeError | undefined {
  const kinds = new Set([
    ...located.map(({ wanted }) => wanted.kind),
    ...(operation ? [...operation.join.map(({ of }) => of), ...operation.leave].map(({ kind }) => kind) : []),
  ]);
  const unusable = places.unusable().find(({ kind }) => kinds.has(kind));
  if (unusable) return unusable.error;
  const problem = located.find((each) => each.kind === "ambiguous" || (each.kind === "missing" && !each.creatable));
  return problem && unknownName(problem);
}

function unknownName(located: Located): BridgeError | undefined {
  if (located.kind === "found") return undefined;
  const { section } = SECTION_KEYS[located.wanted.kind];
  const create = located.wanted.kind === "project" ? "" : `, or set ${section}.create: true`;
  const way = located.kind === "missing" ? `; correct the name, make it at Label Studio${create}` : "";
  return new BridgeError("TARGET_REFUSED", `${located.problem}${way}`, {
    reason: `${located.wanted.kind}:${located.kind}`,
  });
}

/** True: something is there that was not. */
async function createMissing(ctx: Context, todos: readonly Todo[]): Promise<boolean> {
  if (ctx.observeOnly) return false;
  const unusable = new Set(ctx.places.unusable().map(({ kind }) => kind));
  const names = new Map<"tag" | "workspace", Set<string>>();
  for (const { wanted, ...located } of todos.flatMap(({ reassigning }) => reassigning?.located ?? [])) {
    const { kind, named } = wanted;
    if (located.kind !== "missing" || !located.creatable || kind === "project" || unusable.has(kind)) continue;
    if ("name" in named) names.set(kind, (names.get(kind) ?? new Set()).add(named.name));
  }
  for (const [kind, some] of names) {
    await ctx.places.create(kind, [...some]);
    const detail = { section: SECTION_KEYS[kind].section, names: [...some] };
    await ctx.store.work.audit({ at: isoNow(ctx.clock), ...BRIDGE, action: `${kind}.create`, subject: kind, detail });
  }
  return names.size > 0;
}

const BRIDGE = { actor: "bridge", requestId: undefined } as const;

async function underRails(ctx: Context, todos: readonly Todo[]): Promise<readonly Todo[]> {
  const pairs = todos.flatMap(({ claim, changes }) => changes.map((change) => ({ claim, change })));
  if (pairs.length === 0) return todos;
  const context = { ...protections(ctx), budgets: await budgets(ctx, pairs) };
  const railed = applyRails(
    pairs.map(({ change }) => change),
    context,
  );
  const byPerson = new Map<string, Change<Reassignment>[]>();
  for (const change of railed) byPerson.set(change.personId, [...(byPerson.get(change.personId) ?? []), change]);
  return todos.map((todo) => ({ ...todo, changes: byPerson.get(todo.claim.personId) ?? [] }));
}

async function end(ctx: Context, todo: Todo, failure: unknown): Promise<void> {
  const { claim, reassigning, hold, changes, rejected } = todo;
  const settled = await ctx.store.work.outcome(claim.personId);
  const base = { ...UNKNOWN, ...settled, state: "converged" as const };
  const problem = failure ?? todo.problem;
  if (problem !== undefined) return fault(ctx, claim, problem, knownOf(settled));
  const held = changes.find(({ verdict }) => verdict.kind === "held");
  if (held?.verdict.kind === "held") {
    const { reason, approvable } = held.verdict;
    const ending = { ...base, state: "held" as const, reason };
    if (!approvable || held.effect === undefined) return settle(ctx, claim, ending);
    const about = { personId: claim.personId, effect: held.effect, from: undefined, to: reassigned(held.operation) };
    const anew = { ...about, origin: claim.origin, reason, at: isoNow(ctx.clock), decision: "waiting" as const };
    return holdBack(ctx, claim, ending, hold?.decision === "waiting" && hold.to === about.to ? hold : anew);
  }
  if (hold && !rejected) await ctx.store.rails.forgetHold(claim.personId);
  const told = rejected && reassigning ? `an operator has rejected to take away: ${hold?.to ?? ""}` : undefined;
  return settle(ctx, claim, { ...base, warning: joined(base.warning, told) });
}

const UNKNOWN = { reason: "role as it was" };
const knownOf = (outcome: Outcome | undefined): Partial<Outcome> => ({
  role: outcome?.role,
  desiredRole: outcome?.desiredRole,
});
const joined = (...texts: readonly (string | undefined)[]): string | undefined =>
  texts.filter((text) => text !== undefined).join("; ") || undefined;
