// What the IdP was told of a person, as plain data, and what Label Studio must say of them in the end.
import type { SandboxMember } from "../../src/sandbox/index.js";
import type { Random } from "../support/random.js";

/** Each with the role that it gives, in the order of the shipped mapping's precedence. */
const ROLES = { "LS Admins": "AD", "LS Reviewers": "RE", "LS Annotators": "AN" } as const;
export type GroupName = keyof typeof ROLES;
export const GROUPS = Object.keys(ROLES) as readonly GroupName[];

export interface State {
  readonly standing: "never" | "active" | "inactive" | "gone";
  readonly groups: readonly GroupName[];
}

export type Write =
  | { readonly kind: "create" | "deactivate" | "activate" | "delete" }
  | { readonly kind: "join" | "leave"; readonly group: GroupName };

export interface Person {
  readonly userName: string;
  id: string | undefined;
  /** As acknowledged. */
  state: State;
  /** On its way; whether it has happened is unknown when the program dies meanwhile. */
  pending: Write | undefined;
}

export const nobodyYet = (userName: string): Person => ({
  userName,
  id: undefined,
  state: { standing: "never", groups: [] },
  pending: undefined,
});

export function after(state: State, write: Write): State {
  switch (write.kind) {
    case "create":
    case "activate":
      return { ...state, standing: "active" };
    case "deactivate":
      return { ...state, standing: "inactive" };
    case "delete":
      return { standing: "gone", groups: [] };
    case "join":
      return { ...state, groups: GROUPS.filter((name) => name === write.group || state.groups.includes(name)) };
    case "leave":
      return { ...state, groups: state.groups.filter((name) => name !== write.group) };
  }
}

/** Something that changes this person. */
export function someWrite({ standing, groups }: State, random: Random): Write {
  if (standing === "never") return { kind: "create" };
  if (random.chance(0.01)) return { kind: "delete" };
  if (random.chance(0.3)) return { kind: standing === "active" ? "deactivate" : "activate" };
  const group = random.pick(GROUPS);
  return { kind: groups.includes(group) ? "leave" : "join", group };
}

/** undefined: as it must be. */
export function disagreement({ userName, state }: Person, member: SandboxMember | undefined): string | undefined {
  const role = member === undefined || member.deleted ? "nobody" : member.role;
  const wanted = rolesFor(state);
  return wanted.includes(role) ? undefined : `${userName} is ${role}, should be ${wanted.join(" or ")}`;
}

function rolesFor({ standing, groups }: State): readonly string[] {
  switch (standing) {
    case "active":
      return [groups[0] === undefined ? "NO" : ROLES[groups[0]]];
    // Somebody who was deactivated before an account was made gets none.
    case "inactive":
      return ["DI", "nobody"];
    case "gone":
    case "never":
      return ["nobody"];
  }
}
