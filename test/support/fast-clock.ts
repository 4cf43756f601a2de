import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../../src/ports.js";

/** Time passes this many times faster: 30 s are 1.5 s here, a 10 s timeout is 0.5 s. */
export const FASTER = 20;

const startedAt = Date.now();

export const fastClock: Clock = {
  now: () => Math.round(startedAt + (Date.now() - startedAt) * FASTER),
  sleep: async (ms, signal) => {
    await delay(ms / FASTER, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  },
};
