import type { SeatReport } from "../operator/index.js";
import { EXIT, type Io } from "./io.js";
import { withOperations, type Asked } from "./operator.js";

/** Exit code 4 while somebody is held for want of a seat. */
export const seats = (options: Asked, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const report = await operations.seats();
    if (options.json) io.out(JSON.stringify(report, undefined, 2));
    else print(report, io);
    return report.waiting > 0 ? EXIT.held : EXIT.fine;
  });

function print({ now, waiting, forecast, rotation }: SeatReport, io: Io): void {
  io.out(`now        ${now === undefined ? "not known: Label Studio has not been asked yet" : standing(now)}`);
  io.out(`waiting    ${waiting}`);
  io.out(`forecast   ${forecast.free ?? "any number"} free after ${forecast.grants} in the outbox`);
  io.out("month      taken  freed  rotated early");
  for (const { month, taken, freed, rotatedEarly } of rotation)
    io.out(`${month.padEnd(9)}${column(taken, 7)}${column(freed, 7)}${column(rotatedEarly, 15)}`);
}

function standing({ used, limit, free, at }: NonNullable<SeatReport["now"]>): string {
  const when = `as of ${at}`;
  if (used === undefined) return `Label Studio does not tell, ${when}`;
  return limit === undefined
    ? `${used} in use, no limit known, ${when}`
    : `${used} of ${limit} in use, ${free} free, ${when}`;
}

const column = (count: number, width: number): string => String(count).padStart(width);
