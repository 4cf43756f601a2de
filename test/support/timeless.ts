// A trial in which time passes only when everybody waits for it: an hour of retries is a moment.
import { fakeClock, type FakeClock } from "./fake-clock.js";
import { trial, type Trial, type TrialOptions } from "./bridge.js";

/** More than a request over the loopback takes on either side. */
const QUIET_TURNS = 12;
/** The quiet period after a change. */
const LOOK_MS = 250;
const NEW_YEAR = Date.UTC(2027, 0, 1);

export interface TimelessTrial extends Trial {
  readonly clock: FakeClock;
}

export async function timelessTrial(options: Omit<TrialOptions, "clock"> = {}): Promise<TimelessTrial> {
  const clock = fakeClock(NEW_YEAR, QUIET_TURNS);
  const wait = (ms: number): Promise<void> => clock.advance(ms);
  const sandbox = { now: () => clock.now(), ...options.sandbox };
  const made = await trial({ ...options, sandbox, clock, wait, lookMs: LOOK_MS });
  // Not a copy: its url is another after each restart.
  return Object.assign(made, { clock });
}
