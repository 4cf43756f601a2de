// People in groups that give tags, workspaces and projects, and what of it is to be seen at Label Studio.
import type { Emit } from "../../src/events.js";
import type { SandboxOptions } from "../../src/sandbox/index.js";
import { group, MAPPING, patch, user, type ScimAnswer } from "./bridge.js";
import { timelessTrial, type TimelessTrial } from "./timeless.js";

export const SECTIONS = `${MAPPING}
    - { group: "Crew *", role: AN }
tags:
  create: true
  rules:
    - { group: "Crew Night", tag: night-shift }
    - { tag: "dept-{{department}}" }
workspaces:
  rules:
    - { group: "Crew Vision", workspace: vision }
projects:
  rules:
    - { group: "Crew Vision", project: 42, role: AN }
    - { group: "LS Reviewers", project: 42, role: RE }
`;

export const email = (index: number): string => `u${index}@acme.example`;

export interface Crews {
  readonly t: TimelessTrial;
  /** SCIM ids of so many annotators. */
  readonly ids: readonly string[];
  /** Makes a group of them. */
  put(name: string, ids: readonly string[]): Promise<ScimAnswer>;
  take(groupId: string, id: string | undefined): Promise<ScimAnswer>;
  /** Addresses of who is in it at Label Studio. */
  tag(label: string): readonly string[];
  workspace(title: string): readonly string[];
  project(id: number): { readonly members: readonly string[]; readonly roles: object } | undefined;
  /** Changing calls that are about nobody's role. */
  assigning(): number;
}

export async function crews(
  count: number,
  mapping = SECTIONS,
  options: SandboxOptions = {},
  emit: Emit = () => undefined,
): Promise<Crews> {
  const t = await timelessTrial({ mapping, sandbox: options, emit });
  const { sandbox } = t;
  for (let index = 0; index < count; index++) sandbox.addMember({ email: email(index), role: "AN" });
  const ids: string[] = [];
  for (let index = 0; index < count; index++) ids.push((await t.scim("POST", "/Users", user(email(index)))).body.id);
  return {
    t,
    ids,
    put: (name, members) => t.scim("POST", "/Groups", group(name, members)),
    take: (groupId, id) =>
      t.scim("PATCH", `/Groups/${groupId}`, patch({ op: "remove", path: `members[value eq "${id}"]` })),
    tag: (label) => sandbox.tags().find((each) => each.label === label)?.members ?? [],
    workspace: (title) => sandbox.workspaces().find((each) => each.title === title)?.members ?? [],
    project: (id) => sandbox.projects().find((each) => each.id === id),
    assigning: () =>
      sandbox.calls.filter(
        ({ method, path }) => method !== "GET" && !path.endsWith("/memberships") && path !== "/api/users/",
      ).length,
  };
}
