import { EXIT, type Io } from "./io.js";
import { withOperations, type Asked } from "./operator.js";

export interface PauseOptions extends Asked {
  readonly all: boolean;
}

/** Nothing is sent any more; `all`: not even deactivations. SCIM goes on being answered and stored. */
export const pause = (options: PauseOptions, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const paused = await operations.pause(options.all);
    const { pending, leavers } = await operations.counts();
    const { all, at } = paused;
    tell(io, options, { paused, pending, leavers }, [
      `paused since ${at}: ${all ? "nothing is sent, not even deactivations" : "only deactivations are sent"}`,
      `${pending} ${pending === 1 ? "person waits" : "people wait"}` +
        (all ? `, ${leavers} of them to be deactivated or deleted` : ""),
    ]);
    return EXIT.fine;
  });

export const resume = (options: Asked, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const paused = await operations.resume();
    const words = paused ? `resumed; it was paused since ${paused.at}` : "nothing was paused";
    tell(io, options, { paused: paused ?? null }, [words]);
    return EXIT.fine;
  });

export const retry = (options: Asked, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const people = await operations.retry();
    tell(io, options, { people }, [`${people} ${people === 1 ? "person is" : "people are"} tried again now`]);
    return EXIT.fine;
  });

/** Exit code 4 when somebody with the address is living, or still at work: nothing of them is erased. */
export const forget = (address: string, options: Asked, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const { erased, unfinished, living } = await operations.forget(address);
    const words = `${erased} ${erased === 1 ? "person" : "people"} erased; the audit log keeps ids only`;
    tell(io, options, { erased, unfinished, living }, [words]);
    if (living > 0) io.err(`${living} living over SCIM with this address: delete them in the identity provider first.`);
    if (unfinished > 0)
      io.err(
        `${unfinished} deleted over SCIM, which is not done yet at Label Studio: see \`explain\`, and forget them afterwards.`,
      );
    return living + unfinished > 0 ? EXIT.held : EXIT.fine;
  });

function tell(io: Io, { json }: Asked, answer: object, lines: readonly string[]): void {
  if (json) io.out(JSON.stringify(answer, undefined, 2));
  else lines.forEach(io.out);
}
