// Many people's reassignments as few calls: whoever joins or leaves the same goes together (contract 2.5, 2.8, 2.9).
import { ASSIGNABLE_KINDS, type Assignable, type AssignableKind, type ProjectRole } from "../membership/index.js";
import type { Assignment } from "./assignment.js";
import type { Reassignment } from "./operation.js";

/** One person's part in it, with the tags that they have now. */
export interface Part {
  readonly operation: Reassignment;
  readonly tags: readonly Assignable[];
}

/** In the order in which they are carried out; within a kind people leave before others join. */
export function grouped(
  parts: readonly Part[],
  kinds: readonly AssignableKind[] = ASSIGNABLE_KINDS,
): readonly Assignment[] {
  return kinds.flatMap((kind): readonly Assignment[] => {
    if (kind === "tag") return tagged(parts);
    const leave = kind === "workspace" ? "leave-workspace" : "leave-project";
    return [
      ...left(parts, kind).map(([of, userIds]) => ({ kind: leave, of, userIds }) as const),
      ...joined(parts, kind),
    ];
  });
}

function left(
  parts: readonly Part[],
  kind: "workspace" | "project",
): readonly (readonly [of: Assignable, userIds: readonly number[]])[] {
  const pairs = parts.flatMap(({ operation: { userId, leave } }) =>
    leave.filter((of) => of.kind === kind).map((of) => ({ key: String(of.id), of, userId })),
  );
  return collected(pairs).map((same) => [same[0].of, same.map(({ userId }) => userId)]);
}

function joined(parts: readonly Part[], kind: "workspace" | "project"): readonly Assignment[] {
  const pairs = parts.flatMap(({ operation: { userId, join } }) =>
    join
      .filter(({ of }) => of.kind === kind)
      .map(({ of, role }): Joiner => ({ key: `${of.id} ${role}`, of, role, userId })),
  );
  return collected(pairs).map((same): Assignment => {
    const [{ of, role }] = same;
    const userIds = same.map(({ userId }) => userId);
    return kind === "workspace" ? { kind: "join-workspace", of, userIds } : { kind: "join-project", of, role, userIds };
  });
}

interface Joiner {
  readonly key: string;
  readonly of: Assignable;
  readonly role: ProjectRole;
  readonly userId: number;
}

/** Who only gets tags keeps whatever else they have; who loses one is told the whole set that is left. */
function tagged(parts: readonly Part[]): readonly Assignment[] {
  const sets = parts.flatMap(({ operation: { userId, join, leave }, tags }) => {
    const added = join.flatMap(({ of }) => (of.kind === "tag" ? [of] : []));
    const gone = new Set(leave.flatMap(({ kind, id }) => (kind === "tag" ? [id] : [])));
    if (added.length + gone.size === 0) return [];
    const kind = gone.size > 0 ? "set-tags" : "add-tags";
    const all = gone.size > 0 ? [...tags.filter(({ id }) => !gone.has(id)), ...added] : added;
    const set = [...new Map(all.map((tag) => [tag.id, tag])).values()].sort((a, b) => a.id - b.id);
    return [{ key: `${kind} ${set.map(({ id }) => id).join()}`, kind, tags: set, userId } as const];
  });
  return collected(sets).map((same) => {
    const [{ kind, tags }] = same;
    return { kind, tags, userIds: same.map(({ userId }) => userId) };
  });
}

function collected<T extends { readonly key: string }>(items: readonly T[]): readonly (readonly [T, ...T[]])[] {
  const sets = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const set = sets.get(item.key);
    if (set === undefined) sets.set(item.key, [item]);
    else set.push(item);
  }
  return [...sets.values()];
}
