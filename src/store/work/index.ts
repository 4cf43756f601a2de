import type { Work } from "../../ports.js";
import { appendAudit } from "../audit.js";
import { boundOnce, type Db, type Engine } from "../engine.js";
import { enqueueDrifted } from "./drifted.js";
import { enqueueEveryone } from "./enqueue.js";
import { links } from "./links.js";
import { moveTo } from "./move.js";
import { observed, putObserved } from "./observed.js";
import { outbox } from "./outbox.js";
import { counts, outcomeOf, outcomesIn } from "./outcomes.js";
import { people, peopleWithAddress } from "./people.js";
import { settleUnclaimed, unclaimed } from "./unclaimed.js";

const READS = [
  "nextDue",
  "unclaimed",
  "isCurrent",
  "people",
  "peopleWithAddress",
  "linkOfAccount",
  "tombstoneOf",
  "tombstoneOfAccount",
  "observed",
  "observedByEmail",
  "outcome",
  "outcomes",
  "counts",
] as const satisfies readonly (keyof Work)[];

/** What the next look would find out again. */
const NOTES = [
  "auditAnswer",
  "claim",
  "renewLeases",
  "releaseLeases",
  "putObserved",
  "forgetObserved",
  "beginFullRead",
  "endFullRead",
  "settle",
  "settleUnclaimed",
  "handOn",
  "retry",
  "release",
  "probeRefusals",
] as const satisfies readonly (keyof Work)[];

type Methods = Readonly<Record<keyof Work, (...args: unknown[]) => Promise<unknown>>>;

/** Whatever is neither a read nor a note is one atomic write that is on disk when it resolves. */
export function work({ reads, write, note }: Engine): Work {
  const of = (db: Db): Methods => statements(db) as unknown as Methods;
  const through = (name: keyof Work) => {
    const commit = isIn(NOTES, name) ? note : write;
    return (...args: unknown[]) => commit((db) => of(db)[name](...args));
  };
  const reading = of(reads);
  const names = Object.keys(reading) as (keyof Work)[];
  return Object.fromEntries(
    names.map((name) => [name, isIn(READS, name) ? reading[name] : through(name)]),
  ) as unknown as Work;
}

const isIn = (names: readonly (keyof Work)[], name: keyof Work): boolean => names.includes(name);

const statements = boundOnce((db: Db): Work => ({
  moveTo: (move) => moveTo(db, move),
  enqueueEveryone: (lane, cause, origin, now) => enqueueEveryone(db, lane, cause, origin, now),
  enqueueDrifted: (cause, now) => enqueueDrifted(db, cause, now),
  ...outbox(db),
  ...links(db),
  ...observed(db),
  unclaimed: (lanes, after, limit, now) => unclaimed(db, lanes, after, limit, now),
  settleUnclaimed: (settled) => settleUnclaimed(db, settled),
  people: (ids) => people(db, ids),
  peopleWithAddress: (address) => peopleWithAddress(db, address),
  outcome: (personId) => outcomeOf(db, personId),
  outcomes: (state, afterId, limit) => outcomesIn(db, state, afterId, limit),
  counts: (now) => counts(db, now),
  audit: (line) => appendAudit(db, line),
  auditAnswer: async (line, shown) => {
    await appendAudit(db, line);
    if (shown) await putObserved(db, shown.members, shown.askedAt);
  },
}));
