// Why somebody has the role that they have: what the IdP said, which rules matched, what the rails say, what was done.
import type { GroupRef, GroupRecord } from "../directory/index.js";
import { resolve, someone, type Match } from "../mapping/index.js";
import type { Member } from "../membership/index.js";
import { applyRails, type RailContext } from "../plan/index.js";
import type { AuditLine, Hold, Outcome, PersonRow, Waiting } from "../ports.js";
import { changeOf, foresee, fromTo, type Known } from "./foresee.js";

export interface PersonExplained {
  readonly kind: "person";
  readonly personId: string;
  readonly userName: string | undefined;
  readonly standing: "active" | "inactive" | "deleted";
  readonly groups: readonly GroupRef[];
  /** Every rule that matched, strongest first. */
  readonly rules: readonly Match[];
  readonly observed: Member | undefined;
  readonly userId: number | undefined;
  /** What the next look would do. */
  readonly next: {
    readonly does: string;
    readonly from: string | undefined;
    readonly to: string | undefined;
    readonly reason: string;
    readonly held: string | undefined;
  };
  readonly hold: Hold | undefined;
  /** How the last look ended. */
  readonly outcome: Outcome | undefined;
  /** Set while a look waits. */
  readonly waiting: Waiting | undefined;
  /** What was sent, and Label Studio's answers; newest first. */
  readonly history: readonly AuditLine[];
}

export interface GroupExplained {
  readonly kind: "group";
  readonly id: string;
  readonly displayName: string;
  readonly externalId: string | undefined;
  readonly members: number;
  readonly rules: readonly Match[];
}

export async function explainPerson(
  known: Known,
  row: PersonRow,
  rails: Omit<RailContext, "budgets" | "mapping">,
): Promise<PersonExplained | undefined> {
  const { inquiries, work } = known.store;
  const [foreseen] = await foresee(known, [row]);
  if (!foreseen) return undefined;
  const { account, decision } = foreseen;
  const change = changeOf(foreseen, row.link, "", row.hold);
  const [railed] = change ? applyRails([change], { ...rails, mapping: known.mapping(), budgets: new Map() }) : [];
  const { from, to } = change ? fromTo(change) : { from: account.observed?.role, to: decision.desiredRole };
  return {
    kind: "person",
    personId: row.personId,
    userName: row.user?.userName,
    standing: account.person.standing,
    groups: row.groups,
    rules: account.resolution?.reasons ?? [],
    observed: account.observed,
    userId: row.link?.userId,
    next: {
      does: change?.operation.kind ?? (decision.kind === "failing" ? "nothing can be done" : "nothing"),
      from,
      to,
      reason: decision.reason,
      held: railed?.verdict.kind === "held" ? railed.verdict.reason : undefined,
    },
    hold: row.hold,
    outcome: await work.outcome(row.personId),
    waiting: await inquiries.waiting(row.personId),
    history: await inquiries.history(row.personId, 20),
  };
}

export async function explainGroup({ store, mapping }: Known, group: GroupRecord): Promise<GroupExplained> {
  const { id, displayName, externalId } = group;
  const members = (await store.directory.membersOf([id])).get(id) ?? [];
  const { reasons } = resolve(mapping(), someone(), [{ id, displayName, externalId }]);
  return { kind: "group", id, displayName, externalId, members: members.length, rules: reasons };
}
