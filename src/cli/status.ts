import type { Status } from "../admin/index.js";
import type { Pause, PersonOutcome } from "../ports.js";
import { whoLeavesFirst } from "./holds.js";
import { EXIT, type Io } from "./io.js";
import { everyPage, withOperations, type Asked } from "./operator.js";
import type { Counts } from "../operator/index.js";

export interface StatusOptions extends Asked {
  /** Also who is held or failing, and why. */
  readonly people: boolean;
}

/** Exit code 1 while somebody is failing, 4 while somebody is held. */
export const status = (options: StatusOptions, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    // What a running bridge answers says also how it stands with Label Studio.
    const counts: Counts & Partial<Status> = await operations.counts();
    const attention: PersonOutcome[] = [];
    for (const state of options.people ? (["held", "failing"] as const) : [])
      attention.push(
        ...[...(await everyPage((after, limit) => operations.people(state, after, limit)))].sort(whoLeavesFirst),
      );
    const shown = options.people ? { ...counts, people: attention } : counts;
    if (options.json) io.out(JSON.stringify(shown, undefined, 2));
    else print(counts, attention, io);
    return counts.failing > 0 ? EXIT.problems : counts.held > 0 ? EXIT.held : EXIT.fine;
  });

const pausedLine = ({ at, all, because }: Pause): string =>
  `paused since ${at}${all ? ", leavers too" : ""}${because === undefined ? "" : `: ${because}`}`;

function print(counts: Counts & Partial<Status>, attention: readonly PersonOutcome[], io: Io): void {
  for (const state of ["converged", "pending", "held", "failing"] as const)
    io.out(`${state.padEnd(10)} ${counts[state]}`);
  if (counts.warnings > 0) io.out(`warnings   ${counts.warnings}`);
  if (counts.pending > 0) io.out(`oldest pending for ${counts.oldestPendingSeconds} s`);
  if (counts.paused) io.out(pausedLine(counts.paused));
  if (counts.paused?.all && counts.leavers > 0) io.out(`${counts.leavers} to be deactivated or deleted wait for it`);
  if (counts.labelStudio)
    io.out(`Label Studio: ${counts.labelStudio.state} ${counts.labelStudio.problem ?? ""}`.trimEnd());
  for (const { section, problem } of counts.sections ?? []) io.out(`${section}: ${problem}`);
  for (const { state, userName, personId, role, desiredRole, reason } of attention)
    io.out(
      `${state.padEnd(7)}  ${userName ?? `deleted ${personId}`}  ${role ?? "-"} -> ${desiredRole ?? "-"}  ${reason}`,
    );
}
