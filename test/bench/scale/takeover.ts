// What becomes of the work when whoever runs the loop dies, or sleeps past the end of its lease.
import { setTimeout as delay } from "node:timers/promises";
import { writes } from "../../support/bridge.js";
import { holderOf, putToSleep, startOne, untilState, wake } from "../../support/fleet.js";
import { until } from "../../support/program.js";
import type { Random } from "../../support/random.js";
import { at, flip, provesNothingLost } from "./crowd.js";
import { scene, type Scene } from "./scene.js";

const PEOPLE = 40;
const PATIENCE_MS = 20_000;
/** What the dead has sent may still lie in the socket. */
const LAST_WORDS_MS = 100;

/** The first change after an instant. */
const changeAfter = ({ sandbox }: Scene, instant: number): Promise<number> =>
  until(
    () => sandbox.calls.find((call) => call.at > instant && writes([call]).length > 0)?.at,
    () => "a change at Label Studio",
    PATIENCE_MS,
  );

/** The holder is killed in the middle of its work, and replaced: answers how long each takeover took. */
export async function deaths(rounds: number, random: Random): Promise<readonly number[]> {
  const tookMs: number[] = [];
  await scene(3, PEOPLE, random, async (of) => {
    for (let round = 0; round < rounds; round++) tookMs.push(await death(of));
  });
  return tookMs;
}

async function death(of: Scene): Promise<number> {
  const { here, sandbox, fleet, crowd, random } = of;
  const holder = await holderOf(fleet, PATIENCE_MS);
  fleet.splice(fleet.indexOf(holder), 1);
  let isOver = false;
  const writer = async (): Promise<void> => {
    for (let nth = 0; !isOver; nth++) await flip(at(fleet, nth), crowd, crowd.ids, random);
  };
  const writing = writer();
  await changeAfter(of, Date.now());
  await delay(random.below(500));
  const killedAt = Date.now();
  await holder.program.stop("SIGKILL");
  const tookMs = (await changeAfter(of, Date.now() + LAST_WORDS_MS)) - killedAt;
  isOver = true;
  await writing;
  await provesNothingLost(fleet, sandbox, crowd);
  fleet.push(await startOne(here, sandbox));
  return tookMs;
}

/** The holder falls asleep in the middle of its work and wakes when another has done it: answers how many changes were stale. */
export async function naps(rounds: number, random: Random): Promise<number> {
  let stale = 0;
  await scene(2, PEOPLE, random, async (of) => {
    for (let round = 0; round < rounds; round++) stale += await nap(of);
  });
  return stale;
}

async function nap(of: Scene): Promise<number> {
  const { sandbox, fleet, crowd, random } = of;
  const sleeper = await holderOf(fleet, PATIENCE_MS);
  const other = fleet.find((each) => each !== sleeper) ?? sleeper;
  sandbox.inject({ kind: "slow", ms: 300 }, { probability: 1 });
  const begun = Date.now();
  for (let nth = 0; nth < PEOPLE; nth++) await flip(sleeper, crowd, crowd.ids, random);
  await changeAfter(of, begun);
  await putToSleep(sleeper, other);
  sandbox.clearFaults();
  await untilState(other, "ok", PATIENCE_MS);
  for (let nth = 0; nth < PEOPLE; nth++) await flip(other, crowd, crowd.ids, random);
  await provesNothingLost([other], sandbox, crowd);
  const before = writes(sandbox.calls).length;
  wake(sleeper);
  await untilState(sleeper, "standby", PATIENCE_MS);
  // A change that is asked of the woken one: whatever it had in hand would have gone out before.
  await flip(sleeper, crowd, crowd.ids.slice(0, 1), random);
  await provesNothingLost(fleet, sandbox, crowd);
  const since = writes(sandbox.calls).slice(before);
  return Math.max(0, since.length - 1);
}
