import { setTimeout as delay } from "node:timers/promises";
import type { Operations } from "../operator/index.js";
import { EXIT, type Io } from "./io.js";
import { withOperations, type Asked } from "./operator.js";
import { progress } from "./progress.js";

export interface ReconcileOptions extends Asked {
  readonly expect?: string;
  /** Until nobody is pending any more. */
  readonly wait: boolean;
}

/** How often a bridge is asked how far it is. */
const LOOK_MS = 500;

/** Exit code 4 when the plan is another one by now: nothing is done. */
export const reconcile = (options: ReconcileOptions, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const putting = progress(io, "people put into the outbox", options);
    const people = await putting.during(operations.reconcile(options.expect));
    if (people === undefined) {
      if (options.json) io.out(JSON.stringify({ error: ANOTHER }, undefined, 2));
      else io.err(ANOTHER);
      return EXIT.held;
    }
    const whom = `${people} ${people === 1 ? "person" : "people"}`;
    if (!options.json)
      io.out(options.expect === undefined ? `${whom} looked at anew` : `the plan is carried out: ${whom}`);
    if (options.wait) return follow(operations, people, options, io);
    if (options.json) io.out(JSON.stringify({ people }, undefined, 2));
    return EXIT.fine;
  });

const ANOTHER = "The plan is another one by now: nothing was done. Look at `plan` again.";

/** Whoever comes into the outbox meanwhile is waited for, too. */
async function follow(operations: Operations, people: number, { json }: Asked, io: Io): Promise<number> {
  const bar = progress(io, "people done", { json });
  for (let all = people; ; await delay(LOOK_MS)) {
    const { pending, failing, held } = await operations.counts();
    all = Math.max(all, pending);
    bar.report(all - pending, all);
    if (pending > 0) continue;
    bar.end();
    io.out(
      json
        ? JSON.stringify({ people, held, failing }, undefined, 2)
        : `nobody is pending; ${held} held, ${failing} failing`,
    );
    return failing > 0 ? EXIT.problems : held > 0 ? EXIT.held : EXIT.fine;
  }
}
