// The only reader of time.
import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "./ports.js";

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
  },
};
