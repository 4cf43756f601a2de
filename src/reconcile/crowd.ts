// Many people whom nobody knows yet, as in a first sync: one complete read costs less than a search for each.
import type { Clock } from "../ports.js";
import { FRESH_MS, type FullRead } from "./full-read.js";

/** So many addresses searched for in a minute, or as many as the list has pages. */
const CROWD = 10;

export interface Crowd {
  /** True for one of a crowd: everybody has been read within the last minute, and no search would tell more. */
  takes(email: string): Promise<boolean>;
}

export function crowds(everybody: FullRead, clock: Clock): Crowd {
  // Whoever is tried again and again is no crowd.
  const searchedAt = new Map<string, number>();
  return {
    takes: async (email) => {
      const now = clock.now();
      for (const [address, at] of searchedAt) if (at <= now - FRESH_MS) searchedAt.delete(address);
      if (searchedAt.has(email) || searchedAt.size < Math.max(CROWD, everybody.pages())) {
        searchedAt.set(email, now);
        return false;
      }
      await everybody.ifStale();
      return true;
    },
  };
}
