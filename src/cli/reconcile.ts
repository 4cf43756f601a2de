import { EXIT, type Io } from "./io.js";
import { withOperations, type Where } from "./operator.js";

/** Exit code 4 when the plan is another one by now: nothing is done. */
export const reconcile = (options: Where & { readonly expect?: string }, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const people = await operations.reconcile(options.expect);
    if (people === undefined) {
      io.err("The plan is another one by now: nothing was done. Look at `plan` again.");
      return EXIT.held;
    }
    const whom = `${people} ${people === 1 ? "person" : "people"}`;
    io.out(options.expect === undefined ? `${whom} looked at anew` : `the plan is carried out: ${whom}`);
    return EXIT.fine;
  });
