import { z } from "zod";
import { durationMs } from "../durations.js";

/** How many changes of one kind may be carried out in `windowMs` before the rest of what made them is held. */
export interface Limit {
  /** Of the people with a working role, 0 to 1. */
  readonly share: number;
  /** The least number that can be too many by its share. */
  readonly from: number;
  /** More than this is too many whatever the share. */
  readonly atMost: number;
  readonly windowMs: number;
}

export interface Safety {
  /** Two budgets of this size: people who leave (DI, deletion), and people who lose power. */
  readonly massChange: Limit | "off";
  /** Grants of AD and MA. */
  readonly massGrant: Limit | "off";
  /** Working roles for people who had none. */
  readonly newSeats: Limit | "off";
}

const LONGEST_WINDOW_MS = 7 * 86_400_000;

const share = z
  .string()
  .regex(/^\s*(100(\.0+)?|\d{1,2}(\.\d+)?)\s*%\s*$/)
  .default("20%")
  .describe("Of the people with a working role");
const window = z
  .string()
  .regex(/^\s*\d{1,5}\s*[smhdSMHD]\s*$/)
  .refine((text) => durationMs(text) <= LONGEST_WINDOW_MS, "a duration of at most 7d")
  .default("1h")
  .describe("How long what has been carried out counts; at most 7d");

const limit = z.strictObject({
  share,
  from: z.int().min(1).max(1_000_000).default(10).describe("The least number that can be too many by its share"),
  atMost: z.int().min(1).max(1_000_000).default(100).describe("More is too many whatever the share"),
  window,
});
const off = z.literal(["off", false]);
const limitOrOff = z.union([off, limit]);

export const safetyFile = z
  .strictObject({
    massChange: limitOrOff
      .prefault({})
      .describe("Leavers, and people who lose power: a budget each. off: none of these"),
    massGrant: limitOrOff.prefault({}).describe("Grants of AD and MA"),
    newSeats: limitOrOff.default("off").describe("Working roles for people who had none: onboarding is normal"),
  })
  .prefault({});

type SafetyFile = z.output<typeof safetyFile>;

/** Whoever switches off massChange wants no breaker at all. */
export function toSafety({ massChange, massGrant, newSeats }: SafetyFile): Safety {
  if (toLimit(massChange) === "off") return { massChange: "off", massGrant: "off", newSeats: "off" };
  return { massChange: toLimit(massChange), massGrant: toLimit(massGrant), newSeats: toLimit(newSeats) };
}

function toLimit(limit: SafetyFile["massChange"]): Limit | "off" {
  if (limit === "off" || limit === false) return "off";
  const { from, atMost } = limit;
  return { share: Number.parseFloat(limit.share) / 100, from, atMost, windowMs: durationMs(limit.window) };
}
