// The same SCIM writes over all processes at once, and afterwards everything as the last acknowledged write left it.
import { writes } from "../../support/bridge.js";
import type { Running } from "../../support/fleet.js";
import type { Random } from "../../support/random.js";
import { at, flip, provesNothingLost, type Crowd } from "./crowd.js";
import { scene } from "./scene.js";

const CONNECTIONS = 16;
const PEOPLE = 160;

export interface Load {
  readonly perSecond: number;
  /** Calls that changed something at Label Studio. */
  readonly changes: number;
}

export const loadOver = (processes: number, count: number, random: Random): Promise<Load> =>
  scene(processes, PEOPLE, random, async ({ sandbox, fleet, crowd }) => {
    const from = performance.now();
    await flipAll(fleet, crowd, count, random);
    const perSecond = count / ((performance.now() - from) / 1_000);
    await provesNothingLost(fleet, sandbox, crowd);
    return { perSecond, changes: writes(sandbox.calls).length };
  });

/** Each connection has people of its own, so that what was acknowledged last is known; the groups are everybody's. */
async function flipAll(fleet: readonly Running[], crowd: Crowd, count: number, random: Random): Promise<void> {
  let left = count;
  const connection = async (_: unknown, own: number): Promise<void> => {
    const ids = crowd.ids.filter((_id, index) => index % CONNECTIONS === own);
    while (left-- > 0) await flip(at(fleet, own), crowd, ids, random);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
}
