import { BridgeError, isRetryable } from "../../errors.js";
import { SECTION_KEYS, type Section } from "../../mapping/index.js";
import type { Assignable } from "../../membership/index.js";
import { isNameable, namesIn } from "../../plan/index.js";
import type { ReconcileOptions } from "../options.js";
import type { Reading } from "../reading.js";
import { isDeadKey } from "../upstream.js";

/** By id: whose people could not be read, and why. */
export type Unread = ReadonlyMap<number, { readonly of: Assignable; readonly error: BridgeError }>;

type Parts = Pick<ReconcileOptions, "store" | "target" | "clock"> & { readonly reading: Reading };

/** All there is of a kind, and who is in what the rules can name or the bridge has given: in all of it, or as far as need be. */
export async function readSection(
  { store, target, reading, clock }: Parts,
  section: Section,
  inAll: boolean,
  isDoubted: (id: number) => boolean,
): Promise<Unread> {
  const { kind } = section;
  const given = await store.assignments.given([kind]);
  const all = await target.assignables(kind, namesIn(section, given), "sweep");
  if (all === undefined) throw absent(section);
  await store.assignments.putCatalog(kind, all);
  const unread = new Map<number, { readonly of: Assignable; readonly error: BridgeError }>();
  // Tags come with the members' list.
  if (kind === "tag") {
    await (all.some(({ id }) => isDoubted(id)) ? reading.allAnew() : reading.tags());
    return unread;
  }
  const ours = new Set(given.map(({ id }) => id));
  let wasGone = false;
  const known = await store.assignments.catalog([kind]);
  for (const of of known.filter(({ id, readAt }) => inAll || readAt === undefined || isDoubted(id))) {
    if (!ours.has(of.id) && !isNameable(section, of)) continue;
    const askedAt = clock.now();
    try {
      await store.assignments.putAssignees(of, await target.assignees(of, "sweep"), askedAt);
      wasGone = false;
    } catch (error) {
      // One that cannot be read is nobody else's affair; two in a row are as if Label Studio were gone.
      const isGone = isRetryable(error);
      if (!(error instanceof BridgeError) || isDeadKey(error) || (isGone && wasGone)) throw error;
      wasGone = isGone;
      unread.set(of.id, { of, error });
    }
  }
  return unread;
}

const absent = ({ kind }: Section): BridgeError =>
  new BridgeError("TARGET_REFUSED", `This Label Studio has no ${SECTION_KEYS[kind].section}.`, {
    reason: `${kind}:absent`,
  });
