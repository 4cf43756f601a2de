// Label Studio's bad days, restarts of the bridge, and time.
import { answerBadly } from "../support/bad-answers.js";
import { mappingOf, someRules } from "./rules.js";
import type { World } from "./world.js";

type Step = (world: World) => Promise<string> | string;

const badAnswers: Step = ({ t, random }) => {
  t.sandbox.clearFaults();
  answerBadly(t.sandbox, random.pick([0.1, 0.3, 0.6]));
  return "bad answers begin";
};

const outage: Step = ({ t }) => {
  t.sandbox.inject({ kind: "reset" }, { probability: 1 });
  return "Label Studio is down";
};

const refusals: Step = ({ t }) => {
  t.sandbox.inject({ kind: "forbidden", detail: "Not now." }, { method: "PATCH", times: 3 });
  return "three changes of a role will be refused";
};

const fair: Step = ({ t }) => {
  t.sandbox.clearFaults();
  t.sandbox.restoreKey();
  return "Label Studio is well";
};

const revokeKey: Step = ({ t }) => {
  t.sandbox.revokeKey();
  return "the key is dead";
};

const restart: Step = async ({ t }) => {
  await t.restart();
  return "restarted";
};

const restartWithAnotherMapping: Step = async (world) => {
  // How people get there and leave stays: what became of them before depends on it.
  const { default: other } = someRules(world.random);
  world.rules = { ...world.rules, default: other };
  world.mappingChanged = true;
  await world.t.restart({ mapping: mappingOf(world.rules) });
  return `restarted with default ${other}`;
};

export async function pass({ t, random }: World): Promise<string> {
  const ms = random.pick([0, 40, 300, 300, 1_500, 1_500, 6_000, 20_000]);
  if (ms > 0) await t.clock.advance(ms);
  return `${ms} ms pass`;
}

export const WEATHER_STEPS: readonly (readonly [weight: number, step: Step])[] = [
  [2, badAnswers],
  [0.5, outage],
  [0.5, refusals],
  [2, fair],
  [0.5, revokeKey],
  [1.5, restart],
  [0.5, restartWithAnotherMapping],
];
