// An invitation that is out: the one thing that the bridge leaves at Label Studio before there is an account.
import type { Store } from "../ports.js";

/** Of these facts each is about one person and one server. */
export const INVITED = "invited.";

export const invitedFact = (personId: string): string => `${INVITED}${personId}`;

/** What the fact holds: when, and to which address. */
export const invitation = (at: string, email: string): string => `${at} ${email}`;

/** The address that was invited, until somebody has been seen as a member after it; false: no invitation is out. */
export async function openInvitation(
  { recall, work }: Pick<Store, "recall" | "work">,
  { id, email }: { readonly id: string; readonly email: string | undefined },
): Promise<string | false> {
  const [invitedAt, address = email] = (await recall(invitedFact(id)))?.split(" ") ?? [];
  if (invitedAt === undefined || address === undefined) return false;
  const outcome = await work.outcome(id);
  return outcome?.role === undefined || outcome.at <= invitedAt ? address : false;
}
