import { z } from "zod";

export const seatsFile = z
  .strictObject({
    limit: z
      .enum(["hold", "no-access", "off"])
      .default("hold")
      .describe(
        "Who needs a seat while none is free waits for one, as they are (hold) or with an account without access, role NO (no-access); off: seats are not counted",
      ),
    upgradeViewOnly: z
      .boolean()
      .default(false)
      .describe("View-only members may get a working role: a paid step that cannot be undone"),
    rotation: z
      .enum(["report", "hold"])
      .default("report")
      .describe("A seat that somebody had for less than minimumDays: given on with a warning, or not before"),
    minimumDays: z.int().min(0).max(365).default(7).describe("How long a seat stays with one person"),
  })
  .prefault({});

/** Licensed seats, one for each working role. */
export type SeatRules = Readonly<z.output<typeof seatsFile>>;
