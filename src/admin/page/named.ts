import type { Change, Survey } from "../../operator/index.js";
import type { ListedPerson } from "../../ports.js";

export interface NamedChange extends Change {
  readonly person: ListedPerson | undefined;
  readonly groupName: string | undefined;
}

/** People by their userName, groups by what the line says. */
export async function named(survey: Survey, changes: readonly Change[]): Promise<readonly NamedChange[]> {
  const people = await survey.people(changes.map(({ subject }) => subject));
  return changes.map((change) => {
    const displayName = change.steps[0]?.detail["displayName"];
    return {
      ...change,
      person: people.get(change.subject),
      groupName: change.action.startsWith("group.") && typeof displayName === "string" ? displayName : undefined,
    };
  });
}
