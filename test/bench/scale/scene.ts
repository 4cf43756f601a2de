// Several processes on one database before one Label Studio, and people in it.
import { startSandbox, type Sandbox } from "../../../src/sandbox/index.js";
import { startOne, type Running } from "../../support/fleet.js";
import { workplace, type Workplace } from "../../support/program.js";
import type { Random } from "../../support/random.js";
import { newCrowd, type Crowd } from "./crowd.js";

export interface Scene {
  readonly here: Workplace;
  readonly sandbox: Sandbox;
  readonly fleet: Running[];
  readonly crowd: Crowd;
  readonly random: Random;
}

export async function scene<T>(
  processes: number,
  people: number,
  random: Random,
  play: (scene: Scene) => Promise<T>,
): Promise<T> {
  const here = await workplace();
  const sandbox = await startSandbox();
  try {
    const fleet: Running[] = [];
    for (let started = 0; started < processes; started++) fleet.push(await startOne(here, sandbox));
    const crowd = await newCrowd(fleet, people);
    return await play({ here, sandbox, fleet, crowd, random });
  } finally {
    await here.close();
    await sandbox.close();
  }
}
