import { hasCode } from "../../errors.js";
import type { Assigned } from "../../ports.js";
import { reasonOf, statusOf } from "../refusal.js";

/** What a call says of the users it was about; `open`: a 2xx that leaves it open; `absent`: there is no such route. */
export type Said = "confirmed" | "open" | "absent";

interface Attempt {
  readonly done: number[];
  readonly open: number[];
  readonly refused: Refused[];
}
type Refused = Assigned["refused"][number];

/**
 * Calls for one part of a crowd that may be made after a 400: two bad ids of a thousand take forty. When they are used up, who
 * is in the part counts as refused, and comes back in smaller company.
 */
const MOST_CALLS = 64;

/**
 * Carries a change out for everybody, `size` at a time. One bad id must not block the others: a part that is refused with 400
 * is halved. Any other refusal is everybody's, and thrown. undefined: there is no such route.
 */
export async function inParts(
  userIds: readonly number[],
  size: number,
  carryOut: (part: readonly number[]) => Promise<Said>,
): Promise<Attempt | undefined> {
  const attempt: Attempt = { done: [], open: [], refused: [] };
  for (let from = 0; from < userIds.length; from += size) {
    const part = userIds.slice(from, from + size);
    if (!(await halving(part, { left: MOST_CALLS }, carryOut, attempt))) return undefined;
  }
  return attempt;
}

async function halving(
  part: readonly number[],
  calls: { left: number },
  carryOut: (part: readonly number[]) => Promise<Said>,
  attempt: Attempt,
): Promise<boolean> {
  calls.left -= 1;
  try {
    const said = await carryOut(part);
    if (said !== "absent") (said === "confirmed" ? attempt.done : attempt.open).push(...part);
    return said !== "absent";
  } catch (error) {
    if (!hasCode(error, "TARGET_REFUSED") || statusOf(error) !== 400) throw error;
    if (part.length === 1 || calls.left <= 0) {
      const { message, facts } = error;
      attempt.refused.push(...part.map((userId) => ({ userId, message, reason: facts.reason ?? "" })));
      return true;
    }
    const middle = Math.ceil(part.length / 2);
    return (
      (await halving(part.slice(0, middle), calls, carryOut, attempt)) &&
      (await halving(part.slice(middle), calls, carryOut, attempt))
    );
  }
}

/** Reads what has become of those of whom nobody said so; who is as wanted is done, even if the call was refused. */
export async function settled(
  attempt: Attempt,
  is: { readonly call: string; readonly not: string },
  read: () => Promise<(userId: number) => boolean>,
): Promise<Assigned> {
  const { done, open, refused } = attempt;
  if (open.length + refused.length === 0) return { done, refused };
  const isSo = await read();
  return {
    done: [...done, ...open.filter(isSo), ...refused.map(({ userId }) => userId).filter(isSo)],
    refused: [
      ...refused.filter(({ userId }) => !isSo(userId)),
      ...open.filter((userId) => !isSo(userId)).map((userId) => unchanged(userId, is)),
    ],
  };
}

const unchanged = (userId: number, { call, not }: { readonly call: string; readonly not: string }): Refused => ({
  userId,
  message: `${call}: Label Studio answered 2xx, but user ${userId} ${not}`,
  reason: reasonOf(call, 200, not),
});

/**
 * Label Studio has reported errors for removals that had succeeded (contract 2.8): what it says now decides. A 403 stands, and
 * so does what says nothing about the call.
 */
export async function unlessGone(error: unknown, areGone: () => Promise<boolean>): Promise<"confirmed"> {
  const isOpen = hasCode(error, "TARGET_UNAVAILABLE") || (hasCode(error, "TARGET_REFUSED") && statusOf(error) !== 403);
  if (isOpen && (await areGone().catch(() => false))) return "confirmed";
  throw error;
}
