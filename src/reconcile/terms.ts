// Whose turn it is: the loop runs while the lease is ours, each time from the start, because another one has run meanwhile.
import type { Lane, Store } from "../ports.js";
import type { SectionProblem } from "./assigning/index.js";
import type { Lease } from "./lease.js";
import { startLoop, type Loop } from "./loop.js";
import type { Duty, ReconcileOptions } from "./options.js";
import { NOTHING_KNOWN, wasVerified, type UpstreamReport } from "./upstream.js";

/** How often a process that waits for its turn looks. */
const LOOK_MS = 500;

export interface Reconciler {
  /** Somebody has been put into the outbox: look now rather than at the next tick. */
  nudge(lane: Lane): void;
  upstream(): UpstreamReport;
  /** When the loop was last heard of, in milliseconds since the epoch; undefined: another process runs it. */
  beatAt(): number | undefined;
  /** What is wrong with tags, workspaces and projects; known where the loop runs. */
  sections(): readonly SectionProblem[];
  /** An operator wants to know how many seats are in use: asked by whoever runs the loop, if that is here. */
  askSeats(): Promise<void>;
  /** The mapping is another one: everybody is looked at with it, by whoever runs the loop. */
  remapped(): Promise<void>;
  /** No new work; resolves when what is under way has ended. What was claimed and not done is found again at start. */
  stop(): Promise<void>;
}

interface Terms extends ReconcileOptions {
  readonly lease: Lease;
  readonly duties?: readonly Duty[];
}

export async function startReconcile(options: Terms): Promise<Reconciler> {
  const { lease, clock, store, emit } = options;
  const stop = new AbortController();
  let loop: Loop | undefined;
  let verified = false;

  async function begin(): Promise<void> {
    if (!(await lease.take())) {
      verified ||= await wasVerified(options);
      return;
    }
    emit({ kind: "loop-lease", held: true });
    const held = store.heldBy(lease.holder);
    loop = beside(await startLoop({ ...options, store: held }), held, options);
  }

  async function end(ending: Loop): Promise<void> {
    await lease.keep(stop.signal);
    emit({ kind: "loop-lease", held: false });
    await ending.stop();
    loop = undefined;
    await lease.leave();
  }

  async function takeTurns(): Promise<void> {
    while (!stop.signal.aborted)
      try {
        if (loop) await end(loop);
        else {
          await clock.sleep(LOOK_MS, stop.signal);
          if (!stop.signal.aborted) await begin();
        }
      } catch (error) {
        emit({ kind: "loop-fault", error });
      }
    if (loop) await end(loop);
  }

  await begin();
  const turns = takeTurns();
  return {
    nudge: (lane) => loop?.nudge(lane),
    upstream: () => loop?.upstream() ?? { ...NOTHING_KNOWN, state: { kind: "standby" }, verified },
    beatAt: () => loop?.beatAt(),
    sections: () => loop?.sections() ?? [],
    askSeats: async () => loop?.askSeats(),
    remapped: async () => loop?.remapped(),
    stop: async () => {
      stop.abort();
      await turns;
    },
  };
}

/** Duties end with the loop beside which they are done. */
function beside(loop: Loop, store: Store, { duties = [], emit }: Terms): Loop {
  const over = new AbortController();
  const onFault = (error: unknown): void => emit({ kind: "loop-fault", error });
  const done = Promise.all(duties.map((duty) => duty(store, over.signal).catch(onFault)));
  return {
    ...loop,
    stop: async () => {
      over.abort();
      await Promise.all([loop.stop(), done]);
    },
  };
}
