// Whoever is as they should be needs no call, and so no place among the few who wait for the pace: at a start, and under
// another mapping, that is nearly everybody. They are settled in bulk, and nobody is in hand for it.
import { foresee, type Foreseen } from "../foresight/index.js";
import type { Lane, Unclaimed } from "../ports.js";
import { isOpen } from "./assigning/index.js";
import type { Context } from "./context.js";
import { ending } from "./ending.js";
import { linkAfter, type AccountLook } from "./look.js";
import { asSeatless } from "./meanwhile.js";
import { outcomeOf } from "./settle.js";

/** Nothing is known to be new of people in these. */
const LANES: readonly Lane[] = ["review", "sweep"];
/** Between so many everybody else has a turn. */
const AT_ONCE = 100;
const TURN_MS = 1;
const LOOK_MS = 500;

/** Each row is looked at once: for whom there is something to do, the crews do it. */
export async function settleAtRest(ctx: Context, mayWork: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const { store, clock, emit } = ctx;
  let last: Unclaimed | undefined;
  while (!signal.aborted) {
    let rows: readonly Unclaimed[] = [];
    try {
      if (await mayWork()) rows = await store.work.unclaimed(LANES, last, AT_ONCE, clock.now());
      // Whatever fails here is looked at by the crews: nobody is tried for ever.
      last = rows.at(-1) ?? last;
      if (rows.length > 0) await settleThese(ctx, rows);
    } catch (error) {
      emit({ kind: "loop-fault", error });
      rows = [];
    }
    await clock.sleep(rows.length === AT_ONCE ? TURN_MS : LOOK_MS, signal);
  }
}

async function settleThese(ctx: Context, rows: readonly Unclaimed[]): Promise<void> {
  const { store, mapping, places, emit } = ctx;
  const people = await store.work.people(rows.map(({ personId }) => personId));
  const known = { store, mapping, catalog: places.catalog };
  const looks = new Map<string, AccountLook>();
  for (const foreseen of await foresee(known, people)) {
    const look = isAtRest(ctx, foreseen) ? await asSeatless(ctx, lookOf(foreseen)) : undefined;
    if (look?.kind === "account" && look.decision.kind === "settled") looks.set(foreseen.row.personId, look);
  }
  const settled = rows.flatMap((row) => {
    const look = looks.get(row.personId);
    if (!look) return [];
    return [{ ...row, link: linkAfter(look.link, look.account), outcome: outcomeOf(ctx, ending(ctx, look)) }];
  });
  if (settled.length === 0) return;
  const left = new Set(await store.work.settleUnclaimed(settled));
  for (const { personId, outcome } of settled)
    if (left.has(personId)) emit({ kind: "settled", personId, state: outcome.state, reason: outcome.reason });
}

/** What a look at them would find without asking anybody, and leave as it is. */
function isAtRest({ doubtful }: Context, { row, account, decision, reassigning }: Foreseen): boolean {
  const { link, hold, assignHold } = row;
  if (decision.kind !== "settled" || account.person.standing === "deleted" || account.observed === undefined)
    return false;
  if (!link || link.tombstone || doubtful.has(link.userId) || hold || assignHold) return false;
  return reassigning === undefined || !isOpen(reassigning, false);
}

const lookOf = ({ row, account, decision }: Foreseen): AccountLook => ({
  kind: "account",
  ...{ row, account, decision },
  link: row.link,
  hold: undefined,
  rotatedUntil: row.rotatedUntil,
});
