// Which Label Studio the store's links and cache belong to. User ids are numbers that every server gives out anew: what was
// learned at one never acts at another.
import type { Member } from "../membership/index.js";
import type { AuditLine, LinksMoved, Organization } from "../ports.js";
import { isoNow } from "./context.js";
import { ACCOUNT_FACTS } from "./holder.js";
import type { ReconcileOptions } from "./options.js";

const SERVER = "upstream.server";

/** A store that belongs to nobody yet becomes this organisation's at once; `onMove` is told before one that is another's. */
export async function settleIn(
  options: ReconcileOptions,
  organization: Organization,
  onMove: () => Promise<void>,
): Promise<void> {
  const here = `${options.server} organization ${organization.id}`;
  const known = await options.store.recall(SERVER);
  if (known === here) return;
  if (known === undefined) return options.store.remember(SERVER, here);
  await onMove();
  await move(options, known, here);
}

/** One complete read, then everything at once: whatever fails before leaves the store as the old server's. */
async function move(options: ReconcileOptions, from: string, to: string): Promise<void> {
  const { store, clock, emit } = options;
  const askedAt = clock.now();
  const members = await everybody(options);
  const links = await store.work.moveTo({
    fact: { name: SERVER, value: to },
    members,
    askedAt,
    forget: ACCOUNT_FACTS,
    cause: "another Label Studio",
    now: clock.now(),
    audit: (moved) => auditLine(options, { from, to, members: members.length, ...moved }),
  });
  emit({ kind: "upstream-moved", from, to, members: members.length, ...links });
}

/** Held in memory: pages in the cache would mix with what is remembered of the old server. */
async function everybody({ target }: ReconcileOptions): Promise<readonly Member[]> {
  const members = new Map<number, Member>();
  for await (const page of target.observe()) for (const member of page) members.set(member.userId, member);
  return [...members.values()];
}

interface MoveFacts extends LinksMoved {
  readonly from: string;
  readonly to: string;
  readonly members: number;
}

const auditLine = ({ clock }: ReconcileOptions, facts: MoveFacts): AuditLine => ({
  at: isoNow(clock),
  actor: "bridge",
  requestId: undefined,
  action: "upstream.move",
  subject: facts.to,
  detail: { ...facts },
});
