// Rounds of SIGKILL at random moments, under concurrent SCIM writes; Label Studio is another process and survives.
import { setTimeout as delay } from "node:timers/promises";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { UNLIMITED, writes } from "../support/bridge.js";
import { letLeaseRunOut } from "../support/lease.js";
import { settingsFor, settled, until, workplace, type Program, type Workplace } from "../support/program.js";
import { seeded, type Random } from "../support/random.js";
import type { Person } from "./person.js";
import { provesAgreement, provesReadable } from "./proof.js";
import { createGroups, writeUntilDead, type GroupIds } from "./writer.js";

const WRITERS = 8;

export interface CampaignOptions {
  readonly seed: number;
  readonly rounds: number;
  /** After so many rounds all work is let come to its end. */
  readonly settleEvery: number;
  readonly tell?: (line: string) => void;
}

export interface Summary {
  readonly acknowledged: number;
  readonly people: number;
  /** Calls that change something at Label Studio. */
  readonly changes: number;
}

export async function campaign(options: CampaignOptions): Promise<Summary> {
  const here = await workplace();
  // Not the mapping's default: an account whose creation was cut off must still end with NO.
  const sandbox = await startSandbox({ defaultRole: "AN", faultSeed: options.seed });
  // So that kills fall between a change and its answer, too.
  sandbox.inject({ kind: "slow", ms: 30 }, { probability: 0.3 });
  try {
    return await new Crashes(here, sandbox, options).run();
  } finally {
    await here.close();
    await sandbox.close();
  }
}

class Crashes {
  readonly #here: Workplace;
  readonly #sandbox: Sandbox;
  readonly #options: CampaignOptions;
  readonly #random: Random;
  readonly #crowds: Person[][] = Array.from({ length: WRITERS }, () => []);
  #names = 0;
  #acknowledged = 0;

  constructor(here: Workplace, sandbox: Sandbox, options: CampaignOptions) {
    this.#here = here;
    this.#sandbox = sandbox;
    this.#options = options;
    this.#random = seeded(options.seed);
  }

  async run(): Promise<Summary> {
    const { rounds, settleEvery, tell = () => undefined } = this.#options;
    await this.#here.write("unlimited.yaml", UNLIMITED);
    const first = this.#start();
    const groupIds = await createGroups(await first.listening());
    await first.stop("SIGKILL");
    for (let round = 1; round <= rounds; round++) {
      // A restart follows at once; else the next holder of the loop would be asleep in most rounds.
      if (this.#random.chance(0.8)) await letLeaseRunOut(this.#here.databaseUrl);
      await this.#round(groupIds);
      if (round % settleEvery !== 0 && round !== rounds) continue;
      await this.#settle();
      tell(`after ${round} rounds: ${JSON.stringify(this.#summary())}`);
    }
    return this.#summary();
  }

  #start(): Program {
    return this.#here.start({ ...settingsFor(this.#sandbox), MAPPING_FILE: "unlimited.yaml" }, "serve");
  }

  async #round(groupIds: GroupIds): Promise<void> {
    const program = this.#start();
    if (this.#random.chance(0.1)) {
      await delay(this.#random.below(1_000));
      await program.stop("SIGKILL");
      return;
    }
    const url = await program.listening();
    await provesReadable(url, this.#people());
    let isDead = false;
    const writing = this.#crowds.map((people) =>
      writeUntilDead(people, {
        url,
        groupIds,
        random: seeded(this.#random.below(2 ** 30)),
        newName: () => `p${this.#names++}@acme.example`,
        isDead: () => isDead,
        acknowledged: () => this.#acknowledged++,
      }),
    );
    await Promise.race([this.#moment(), ...writing]);
    isDead = true;
    await program.stop("SIGKILL");
    await Promise.all(writing);
  }

  /** Now and then before the first answer, mostly under writes, often with calls to Label Studio on their way. */
  async #moment(): Promise<void> {
    const answers = this.#acknowledged;
    const changes = this.#changes();
    const begun = (): boolean => this.#acknowledged > answers;
    const working = (): boolean => this.#changes() > changes;
    const event = this.#random.pick<() => boolean>([begun, begun, working, working, () => true]);
    await until(
      () => event() || undefined,
      () => "an answer, or a change at Label Studio",
    );
    await delay(this.#random.below(500));
  }

  async #settle(): Promise<void> {
    await letLeaseRunOut(this.#here.databaseUrl);
    const program = this.#start();
    const url = await program.listening();
    await provesReadable(url, this.#people());
    const { failing, held } = await settled(url, 60_000);
    if (failing + held > 0) throw new Error(`${failing} are failing and ${held} held`);
    await provesReadable(url, this.#people());
    provesAgreement(this.#sandbox, this.#people());
    await program.stop("SIGKILL");
  }

  #people(): readonly Person[] {
    return this.#crowds.flat();
  }

  #changes(): number {
    return writes(this.#sandbox.calls).length;
  }

  #summary(): Summary {
    return { acknowledged: this.#acknowledged, people: this.#people().length, changes: this.#changes() };
  }
}
