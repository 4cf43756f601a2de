import { EXIT, type Io } from "./io.js";
import { withOperations, type Where } from "./operator.js";

/** Nothing is sent any more; `all`: not even deactivations. SCIM goes on being answered and stored. */
export const pause = (options: Where & { readonly all: boolean }, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const { all, at } = await operations.pause(options.all);
    const { pending } = await operations.counts();
    io.out(`paused since ${at}: ${all ? "nothing is sent, not even deactivations" : "only deactivations are sent"}`);
    io.out(`${pending} ${pending === 1 ? "person waits" : "people wait"}`);
    return EXIT.fine;
  });

export const resume = (options: Where, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const paused = await operations.resume();
    io.out(paused ? `resumed; it was paused since ${paused.at}` : "nothing was paused");
    return EXIT.fine;
  });

export const retry = (options: Where, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const people = await operations.retry();
    io.out(`${people} ${people === 1 ? "person is" : "people are"} tried again now`);
    return EXIT.fine;
  });

/** Exit code 4 when somebody with the address is living, or still at work: nothing of them is erased. */
export const forget = (address: string, options: Where, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const { erased, unfinished, living } = await operations.forget(address);
    io.out(`${erased} ${erased === 1 ? "person" : "people"} erased; the audit log keeps ids only`);
    if (living > 0) io.err(`${living} living over SCIM with this address: delete them in the identity provider first.`);
    if (unfinished > 0)
      io.err(
        `${unfinished} deleted over SCIM, which is not done yet at Label Studio: see \`explain\`, and forget them afterwards.`,
      );
    return living + unfinished > 0 ? EXIT.held : EXIT.fine;
  });
