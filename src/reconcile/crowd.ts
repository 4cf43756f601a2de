// Many people whom nobody knows yet, as in a first sync: one complete read costs less than a search for each.
import type { Clock } from "../ports.js";
import { FRESH_MS, type FullRead } from "./full-read.js";

/** So many searches in a minute, or as many as the list has pages. */
const CROWD = 10;

export interface Crowd {
  /** True for one of a crowd: everybody has been read within the last minute, and no search would tell more. */
  takes(): Promise<boolean>;
}

export function crowds(everybody: FullRead, clock: Clock): Crowd {
  let searchedAt: readonly number[] = [];
  return {
    takes: async () => {
      const now = clock.now();
      searchedAt = searchedAt.filter((at) => at > now - FRESH_MS);
      if (searchedAt.length >= Math.max(CROWD, everybody.pages())) {
        await everybody.ifStale();
        return true;
      }
      searchedAt = [...searchedAt, now];
      return false;
    },
  };
}
