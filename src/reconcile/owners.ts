// Who is Owner, as last read: one read for all who ask meanwhile.
import type { Urgency } from "../ports.js";
import type { ReconcileOptions } from "./options.js";

export interface OwnersRead {
  /** User ids from a read that is younger than this; a new one when there is none. */
  within(freshMs: number, urgency: Urgency): Promise<readonly number[]>;
  known(): boolean;
  /** Our own write has left this user as Owner, or not. */
  after(userId: number, isOwner: boolean): Promise<void>;
}

export function ownersRead({ store, target, clock }: Pick<ReconcileOptions, "store" | "target" | "clock">): OwnersRead {
  let last: { readonly at: number; readonly ids: Promise<readonly number[]> } | undefined;

  async function read(urgency: Urgency): Promise<readonly number[]> {
    const askedAt = clock.now();
    const found = await target.owners(urgency);
    await store.work.putObserved(found, askedAt);
    return found.map((member) => member.userId);
  }

  return {
    known: () => last !== undefined,
    within: (freshMs, urgency) => {
      const ageMs = last === undefined ? Infinity : clock.now() - last.at;
      // Of a clock that was set back nothing is known to be fresh.
      if (last && ageMs >= 0 && ageMs < freshMs) return last.ids;
      const ids = read(urgency);
      last = { at: clock.now(), ids };
      ids.catch(() => (last = undefined));
      return ids;
    },
    after: async (userId, isOwner) => {
      const ids: readonly number[] = (await last?.ids.catch(() => [])) ?? [];
      if (isOwner !== ids.includes(userId)) last = undefined;
    },
  };
}
