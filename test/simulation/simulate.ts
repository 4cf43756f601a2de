// One seed: a bridge, its IdP and its Label Studio through a random piece of life.
import { deepEqual } from "node:assert/strict";
import type { Emit } from "../../src/events.js";
import { timelessTrial } from "../support/timeless.js";
import { seeded, type Random } from "../support/random.js";
import { HAND_STEPS } from "./hand.js";
import { IDP_STEPS } from "./idp.js";
import { isChanging, isExcused, provesAlways, provesAtRest } from "./invariants.js";
import { mappingOf, someRules } from "./rules.js";
import { viewOf, type StoreView } from "../support/store-view.js";
import { pass, WEATHER_STEPS } from "./weather.js";
import { KEY_OWNER, newSlots, newStrangers, SEED, type World } from "./world.js";

const STEPS = 18;
const SWEEP_MS = 15_000;
/** A dead key is asked about after 30 s, what was refused after 60 s at least. */
const PATIENCE_MS = 20 * 60_000;

/** Throws what does not hold, with everything that led to it. */
export async function simulate(seed: number): Promise<void> {
  const random = seeded(seed);
  const world = await newWorld(random, seed);
  const store = viewOf(world.t.databaseUrl);
  try {
    await live(world, store);
  } catch (error) {
    const people = JSON.stringify(store.people(), undefined, 1);
    const story = [...world.diary, JSON.stringify(world.rules), people].join("\n");
    throw new Error(`seed ${seed}: ${(error as Error).message}\n${story}`, { cause: error });
  } finally {
    world.t.sandbox.clearFaults();
    store.close();
    await world.t.close();
  }
}

async function newWorld(random: Random, seed: number): Promise<World> {
  const rules = someRules(random);
  const sandbox = {
    seed: SEED,
    keyOwner: KEY_OWNER,
    faultSeed: seed,
    patchRevives: rules.revives,
    personalAccessToken: random.chance(0.5),
    maskDeleted: random.chance(0.3),
    defaultRole: random.pick(["NO", "AN"]),
  };
  const environment = { RECONCILE_INTERVAL: `${SWEEP_MS / 1_000}s` };
  const faults: unknown[] = [];
  const sweeps = { count: 0 };
  const emit: Emit = (event) => {
    if (event.kind === "loop-fault" || event.kind === "scim-fault") faults.push(event.error);
    if (event.kind === "swept") sweeps.count++;
  };
  const t = await timelessTrial({ sandbox, mapping: mappingOf(rules), environment, emit });
  return {
    ...{
      t,
      random,
      rules,
      slots: newSlots(),
      users: new Map(),
      slotOf: new Map(),
      groups: new Map(),
      strangers: newStrangers(),
    },
    ...{ faults, sweeps, diary: [], names: 0, mappingChanged: false },
  };
}

async function live(world: World, store: StoreView): Promise<void> {
  const { random, diary } = world;
  const halfway = random.below(STEPS);
  for (let step = 0; step < STEPS; step++) {
    diary.push(await someStep(world));
    diary.push(await pass(world));
    provesAlways(world, store);
    if (step === halfway) await rest(world, store);
  }
  await rest(world, store);
  await provesNothingLeft(world, store);
}

type Step = (world: World) => Promise<string> | string | undefined;

async function someStep(world: World): Promise<string> {
  const kind = world.random.pick([IDP_STEPS, IDP_STEPS, IDP_STEPS, IDP_STEPS, HAND_STEPS, WEATHER_STEPS]);
  const steps: readonly (readonly [number, Step])[] = kind;
  const total = steps.reduce((sum, [weight]) => sum + weight, 0);
  for (;;) {
    let at = (world.random.below(1_000) / 1_000) * total;
    const [, step] = steps.find(([weight]) => (at -= weight) < 0) ?? [];
    const done = await step?.(world);
    if (done !== undefined) return done;
    if (kind === HAND_STEPS) return "nobody there to change by hand";
  }
}

/** Until nobody is pending, or needs somebody's attention who should not. */
async function rest(world: World, store: StoreView): Promise<void> {
  const { t, diary } = world;
  t.sandbox.clearFaults();
  t.sandbox.restoreKey();
  diary.push("rest");
  const begun = t.clock.now();
  // What was changed by hand is found by a sweep that begins after it, which after an outage may be long in coming.
  const swept = world.sweeps.count + 2;
  while (world.sweeps.count < swept || unrest(world, store).length > 0) {
    if (t.clock.now() > begun + PATIENCE_MS) deepEqual(unrest(world, store), [], "no rest");
    await t.clock.advance(1_000);
  }
  provesAlways(world, store);
  provesAtRest(world, store);
}

const unrest = (world: World, store: StoreView): readonly unknown[] =>
  store.people().filter((person) => person.waits || (person.state !== undefined && !isExcused(world, person)));

/** A second look at everybody changes nothing, but for those who are refused again. */
async function provesNothingLeft(world: World, store: StoreView): Promise<void> {
  const { t } = world;
  t.sandbox.clearCalls();
  world.diary.push("once more");
  await t.restart();
  await t.settled(60_000);
  const people = store.people();
  const refused = new Set(people.filter(({ state }) => state === "failing").map(({ id }) => world.slotOf.get(id)));
  // Also accounts that they had before they were deleted and created again.
  const accounts = new Set(people.filter(({ id }) => refused.has(world.slotOf.get(id))).map(({ userId }) => userId));
  const changing = t.sandbox.calls.filter(isChanging);
  deepEqual(
    changing.filter(({ body }) => !accounts.has((body as { user_id?: number }).user_id)),
    [],
    "a second look changed something",
  );
}
