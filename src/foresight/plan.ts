// Everybody known under a mapping, as one plan with a digest: two plans with one digest do the same to the same people.
import { createHash } from "node:crypto";
import {
  applyRails,
  EFFECTS,
  limitOn,
  unknownThings,
  type Budget,
  type Change,
  type Effect,
  type RailContext,
} from "../plan/index.js";
import { changeOf, foresee, fromTo, isRejected, reassignmentsOf, type Known } from "./foresee.js";
import { catalogIn, type Reassigning } from "./reassigning.js";

export interface PlannedChange {
  readonly personId: string;
  /** undefined: deleted over SCIM. */
  readonly userName: string | undefined;
  readonly operation: Change["operation"]["kind"];
  readonly from: string | undefined;
  readonly to: string;
  readonly reason: string;
  /** What is counted of it; undefined: nothing. */
  readonly effect: Effect | undefined;
  /** Why a rail holds it; undefined: it would be carried out. */
  readonly held: string | undefined;
  /** Held, and no operator can approve it. */
  readonly isProtected: boolean;
}

type Unrailed = Omit<PlannedChange, "held" | "isProtected">;

export interface Plan {
  readonly people: number;
  /** Accounts found at Label Studio that nobody is linked to yet. */
  readonly adopted: number;
  readonly unchanged: number;
  /** Nothing can be done for them as things are. */
  readonly failing: number;
  readonly changes: readonly PlannedChange[];
  /** What rules name and nothing is known of, as Label Studio does not have it, or has not been asked for it: not foreseen. */
  readonly unknown: readonly string[];
  /** SHA-256, hex, of who is changed from what to what. */
  readonly digest: string;
}

const AT_ONCE = 500;

interface Tally {
  people: number;
  adopted: number;
  failing: number;
}

interface Asked extends Known {
  readonly now: number;
  readonly onProgress?: ((people: number, all: number) => void) | undefined;
}

export async function planEverybody(known: Asked, rails: Omit<RailContext, "budgets" | "mapping">): Promise<Plan> {
  const tally: Tally = { people: 0, adopted: 0, failing: 0 };
  const all = known.onProgress ? await howMany(known) : 0;
  const changes = new Map<Change, Unrailed>();
  for (let ids = await known.store.inquiries.known("", AT_ONCE); ids.length > 0;) {
    for (const [change, planned] of await planSome(known, ids, tally)) changes.set(change, planned);
    known.onProgress?.(tally.people, Math.max(all, tally.people));
    ids = await known.store.inquiries.known(ids.at(-1) ?? "", AT_ONCE);
  }
  const context = { ...rails, mapping: known.mapping(), budgets: await budgets(known, [...changes.keys()]) };
  const railed = applyRails([...changes.keys()], context);
  const planned = [...changes.values()].map((change, at): PlannedChange => {
    const verdict = railed[at]?.verdict;
    if (verdict?.kind !== "held") return { ...change, held: undefined, isProtected: false };
    return { ...change, held: verdict.reason, isProtected: !verdict.approvable };
  });
  const unchanged = tally.people - new Set(planned.map(({ personId }) => personId)).size - tally.failing;
  const catalog = await catalogIn(known.store, context.mapping);
  const unknown = context.mapping.sections.flatMap((section) => unknownThings(section, catalog));
  return { ...tally, unchanged, changes: planned, unknown, digest: digestOf(planned) };
}

async function howMany({ store, now }: Asked): Promise<number> {
  const { converged, pending, held, failing } = await store.work.counts(now);
  return converged + pending + held + failing;
}

async function planSome(
  known: Known,
  ids: readonly string[],
  tally: Tally,
): Promise<readonly (readonly [Change, Unrailed])[]> {
  const foreseen = await foresee(known, await known.store.work.people(ids));
  tally.people += foreseen.length;
  return foreseen.flatMap(({ row, account, decision, reassigning }) => {
    if (row.link === undefined && account.observed !== undefined) tally.adopted += 1;
    if (decision.kind === "failing") tally.failing += 1;
    const change = changeOf({ account, decision }, row.link, PLAN, row.hold);
    const { reason } = decision;
    const about = { personId: row.personId, userName: row.user?.userName };
    const reassignments = reassignmentsOf(reassigning, row.personId, PLAN, row.assignHold).filter(
      (each) => !isRejected(row.assignHold, each),
    );
    return [...(change ? [change] : []), ...reassignments].map((each) => {
      const why = each.operation.kind === "reassign" ? reasonsOf(reassigning) : reason;
      return [
        each,
        { ...about, operation: each.operation.kind, ...fromTo(each), reason: why, effect: each.effect },
      ] as const;
    });
  });
}

function reasonsOf(reassigning: Reassigning | undefined): string {
  const lines = new Set(reassigning?.desired.map(({ wanted }) => wanted.line));
  return lines.size === 0 ? "no rule matches" : `rules in lines ${[...lines].join(", ")} of the mapping`;
}

/** All of a plan is one origin: as a change of the mapping it is let go or held as a whole. */
const PLAN = "plan";

async function budgets(
  { store, mapping, now }: Known & { readonly now: number },
  changes: readonly Change[],
): Promise<ReadonlyMap<Effect, Budget>> {
  const budgets = new Map<Effect, Budget>();
  for (const effect of EFFECTS) {
    const limit = limitOn(effect, mapping().safety);
    // Whoever is held already stays so, and whoever is approved is nobody's to count.
    const people = changes.filter((change) => change.effect === effect && !change.earlier).length;
    if (limit === undefined || people === 0) continue;
    const since = now - limit.windowMs;
    const { applied } = await store.rails.spent(effect, since);
    const among = await store.rails.among(effect, since);
    budgets.set(effect, { applied, waiting: [{ origin: PLAN, people, held: false }], among });
  }
  return budgets;
}

function digestOf(changes: readonly PlannedChange[]): string {
  const lines = changes.map(({ personId, operation, from, to }) =>
    JSON.stringify([personId, operation, from ?? null, to]),
  );
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}
