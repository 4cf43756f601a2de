// Why somebody has the role that they have: what the IdP said, which rules matched, what the rails say, what was done.
import type { GroupRef, GroupRecord } from "../directory/index.js";
import { resolve, someone, type Match } from "../mapping/index.js";
import type { AssignableKind, Member } from "../membership/index.js";
import { applyRails, type RailContext } from "../plan/index.js";
import type { AuditLine, Hold, Outcome, PersonRow, Waiting } from "../ports.js";
import { changeOf, foresee, fromTo, type Known } from "./foresee.js";
import type { Reassigning } from "./reassigning.js";

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
  /** What the mapping puts them into, and what they are in; undefined: it has no such sections, or they are no active member. */
  readonly assignments: readonly AssignmentExplained[] | undefined;
  readonly hold: Hold | undefined;
  /** Of what they are taken out of. */
  readonly assignHold: Hold | undefined;
  /** How the last look ended. */
  readonly outcome: Outcome | undefined;
  /** Set while a look waits. */
  readonly waiting: Waiting | undefined;
  /** What was sent, and Label Studio's answers; newest first. */
  readonly history: readonly AuditLine[];
}

export interface AssignmentExplained {
  readonly kind: AssignableKind;
  readonly name: string;
  readonly role: string | undefined;
  /** Of the rule that gives it; undefined: none does. */
  readonly line: number | undefined;
  readonly state: "in it" | "to join" | "to leave" | "not managed" | "unknown at Label Studio" | "ambiguous";
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
    assignments: foreseen.reassigning && assignmentsOf(foreseen.reassigning),
    hold: row.hold,
    assignHold: row.assignHold,
    outcome: await work.outcome(row.personId),
    waiting: await inquiries.waiting(row.personId),
    history: await inquiries.history(row.personId, 20),
  };
}

function assignmentsOf({ desired, operation, located, holdings }: Reassigning): readonly AssignmentExplained[] {
  const joins = new Set(operation?.join.map(({ of }) => of));
  const leaves = new Map(operation?.leave.map((of) => [`${of.kind} ${of.id}`, of]));
  const wantedKeys = new Set(desired.map(({ of }) => `${of.kind} ${of.id}`));
  const others = holdings.filter(({ kind, id }) => !wantedKeys.has(`${kind} ${id}`));
  return [
    ...desired.map(({ of, role, wanted: { line } }): AssignmentExplained => {
      const { kind, name } = of;
      const state = joins.has(of) ? "to join" : "in it";
      return { kind, name, role: role === "inherit" ? undefined : role, line, state };
    }),
    ...others.map(({ kind, id, role }): AssignmentExplained => {
      const of = leaves.get(`${kind} ${id}`);
      return { kind, name: of?.name ?? String(id), role, line: undefined, state: of ? "to leave" : "not managed" };
    }),
    ...located.flatMap((each): AssignmentExplained[] => {
      if (each.kind === "found" || (each.kind === "missing" && each.creatable)) return [];
      const { kind, named, line } = each.wanted;
      const name = "id" in named ? String(named.id) : "name" in named ? named.name : named.template;
      const state = each.kind === "missing" ? "unknown at Label Studio" : "ambiguous";
      return [{ kind, name, role: undefined, line, state }];
    }),
  ];
}

export async function explainGroup({ store, mapping }: Known, group: GroupRecord): Promise<GroupExplained> {
  const { id, displayName, externalId } = group;
  const members = (await store.directory.membersOf([id])).get(id) ?? [];
  const { reasons } = resolve(mapping(), someone(), [{ id, displayName, externalId }]);
  return { kind: "group", id, displayName, externalId, members: members.length, rules: reasons };
}
