import type { Limit, Safety } from "../../mapping/index.js";
import type { Effect } from "../effect.js";

/** What of one effect has been carried out within its window, and what waits. */
export interface Budget {
  /** People, each once. */
  readonly applied: number;
  /**
   * Everybody who waits and was not counted as applied, by origin, the oldest first. Of an origin of which some are held
   * already these count too, and what comes after them is held like them.
   */
  readonly waiting: readonly { readonly origin: string; readonly people: number; readonly held: boolean }[];
  /** Of how many: people with a working role when the window began; for grants, everybody whom the IdP calls active. */
  readonly among: number;
}

interface Limited {
  /** Key of the mapping below `safety`. */
  readonly key: keyof Safety;
  readonly people: string;
}

const LIMITED: Readonly<Record<Effect, Limited>> = {
  leave: { key: "massChange", people: "leavers" },
  lower: { key: "massChange", people: "demotions" },
  administer: { key: "massGrant", people: "grants of AD and MA" },
  seat: { key: "newSeats", people: "new seats" },
  unassign: { key: "massChange", people: "people taken out of workspaces, projects or tags" },
};

/** undefined: as many as there are. */
export function limitOn(effect: Effect | undefined, safety: Safety): Limit | undefined {
  const limit = effect === undefined ? "off" : safety[LIMITED[effect].key];
  return limit === "off" ? undefined : limit;
}

/**
 * Undefined: everything may go. Else the origins whose changes fit, the oldest first, so that who came later never
 * stops what has begun, and all of an origin or nothing; and the numbers, for an operator.
 */
export function overspent(
  effect: Effect,
  { applied, waiting, among }: Budget,
  limit: Limit,
): { readonly fitting: ReadonlySet<string>; readonly reason: string } | undefined {
  const tooMany = (people: number): boolean =>
    people > limit.atMost || (people >= limit.from && people > limit.share * among);
  const all = waiting.reduce((sum, { people }) => sum + people, applied);
  if (!tooMany(all) && !waiting.some(({ held }) => held)) return undefined;
  const fitting = new Set<string>();
  let spent = applied;
  for (const { origin, people, held } of waiting)
    if (!held && !tooMany(spent + people)) {
      fitting.add(origin);
      spent += people;
    }
  return { fitting, reason: reasonOf(effect, all, among, limit) };
}

function reasonOf(effect: Effect, all: number, among: number, limit: Limit): string {
  const { key, people } = LIMITED[effect];
  const share = percent(all / Math.max(1, among));
  const numbers =
    all > limit.atMost
      ? `${all} of ${among} is ${share}, limit ${limit.atMost} people`
      : `${all} of ${among} is ${share}, limit ${percent(limit.share)}`;
  return `safety.${key} (${people}): ${numbers} within ${minutes(limit.windowMs)}; approve or reject it`;
}

const percent = (part: number): string => `${Math.round(part * 100)} %`;

const minutes = (ms: number): string => {
  const [size, unit] = ms % 3_600_000 === 0 ? [3_600_000, "h"] : ms % 60_000 === 0 ? [60_000, "min"] : [1_000, "s"];
  return `${ms / size} ${unit}`;
};
