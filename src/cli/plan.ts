import { readFile } from "node:fs/promises";
import type { Plan, PlannedChange } from "../foresight/index.js";
import { formatProblems } from "../mapping/index.js";
import { EXIT, type Io } from "./io.js";
import { withOperations, type Asked } from "./operator.js";
import { progress } from "./progress.js";

export interface PlanOptions extends Asked {
  readonly mapping?: string;
}

/** Exit code 0: nothing would change, 3: something would, 4: some of it would be held. */
export const plan = (options: PlanOptions, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const text = options.mapping === undefined ? undefined : await readFile(options.mapping, "utf8").catch(() => null);
    if (text === null) {
      io.err(`Cannot read the mapping ${options.mapping}.`);
      return EXIT.configuration;
    }
    const bar = progress(io, "people looked at", options);
    const planned = await bar.during(operations.plan(text, (people, all) => bar.report(people, all)));
    if ("problems" in planned) {
      io.err(formatProblems(options.mapping ?? "mapping", planned.problems));
      return EXIT.configuration;
    }
    if (options.json) io.out(JSON.stringify(planned, undefined, 2));
    else print(planned, io);
    if (planned.changes.some(({ held }) => held !== undefined)) return EXIT.held;
    return planned.changes.length > 0 ? EXIT.changes : EXIT.fine;
  });

function print(planned: Plan, io: Io): void {
  for (const change of planned.changes) io.out(lineOf(change));
  const { people, adopted, unchanged, failing, changes, unknown, digest } = planned;
  const kinds = new Map<string, number>();
  for (const { operation } of changes) kinds.set(operation, (kinds.get(operation) ?? 0) + 1);
  const held = changes.filter((change) => change.held !== undefined).length;
  const parts = [...kinds].map(([operation, count]) => `${count} ${operation}`);
  io.out(`${people} people: ${unchanged} unchanged, ${failing} failing, ${adopted} adopted, ${held} held`);
  io.out(changes.length === 0 ? "nothing would change" : parts.join(", "));
  for (const thing of unknown)
    io.out(`not in this plan: ${thing}, which Label Studio does not have, or has not been asked for yet`);
  io.out(`digest ${digest}`);
}

const lineOf = ({ operation, userName, personId, from, to, reason, held }: PlannedChange): string =>
  `${operation.padEnd(14)}  ${userName ?? `deleted ${personId}`}  ${from ?? "-"} -> ${to}  ${reason}${held === undefined ? "" : `  HELD: ${held}`}`;
