// Membership changes as operations on rows: adding one member costs the same however large the group is.
import type { MemberRef } from "../../directory/index.js";
import type { StandardOperation } from "../pure.js";
import type { Change } from "./change.js";

export type MembersOperation = Extract<StandardOperation, { kind: "members" }>;

/** Who is in the group now and was not before, and the reverse; ids. */
export interface MembershipChange {
  readonly joined: ReadonlySet<string>;
  readonly left: ReadonlySet<string>;
}

/** Carries out the operations in their order; what they undo of each other counts as no change. */
export async function changeMembers(
  change: Change,
  groupId: string,
  operations: readonly MembersOperation[],
): Promise<MembershipChange> {
  const joined = new Set<string>();
  const left = new Set<string>();
  // What stands before the last full list is overwritten by it, and each such list reads the whole group.
  const first = operations.findLastIndex(({ op }) => op === "replace" || op === "clear");
  for (const operation of operations.slice(Math.max(0, first))) {
    const { added, removed } = await carryOut(change, groupId, operation);
    for (const id of removed) if (!joined.delete(id)) left.add(id);
    for (const id of added) if (!left.delete(id)) joined.add(id);
  }
  return { joined, left };
}

interface Rows {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

async function carryOut(change: Change, groupId: string, operation: MembersOperation): Promise<Rows> {
  const { tx } = change;
  switch (operation.op) {
    case "add":
      return { added: await addKnown(change, groupId, operation.members), removed: [] };
    case "remove":
      return {
        added: [],
        removed: await tx.removeMembers(
          groupId,
          operation.members.map((member) => member.id),
        ),
      };
    case "clear":
      return { added: [], removed: await tx.removeMembers(groupId, "all") };
    case "replace":
      return replaceMembers(change, groupId, operation.members);
  }
}

async function replaceMembers(change: Change, groupId: string, members: readonly MemberRef[]): Promise<Rows> {
  const { tx } = change;
  const wanted = new Set(members.map((member) => member.id));
  const present = ((await tx.membersOf([groupId])).get(groupId) ?? []).map((member) => member.id);
  const surplus = present.filter((id) => !wanted.has(id));
  const already = new Set(present);
  return {
    removed: surplus.length > 0 ? await tx.removeMembers(groupId, surplus) : [],
    added: await addKnown(
      change,
      groupId,
      members.filter((member) => !already.has(member.id)),
    ),
  };
}

/** Unknown ids are skipped: one user deleted meanwhile must not block a batch of fifty. */
async function addKnown(
  { tx, audit }: Change,
  groupId: string,
  members: readonly MemberRef[],
): Promise<readonly string[]> {
  if (members.length === 0) return [];
  const kinds = await tx.kinds(members.map((member) => member.id));
  const known = members.flatMap((member): MemberRef[] => {
    const type = kinds.get(member.id);
    return type === undefined ? [] : [{ ...member, type }];
  });
  const skipped = members.filter((member) => !kinds.has(member.id)).map((member) => member.id);
  if (skipped.length > 0) await audit("group.member-skipped", groupId, { unknown: skipped });
  return known.length > 0 ? tx.addMembers(groupId, known) : [];
}
