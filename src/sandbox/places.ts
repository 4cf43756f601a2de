import { BridgeError } from "../errors.js";

export interface Tag {
  readonly id: number;
  label: string;
  readonly created: string;
}

/** A workspace or a project; its members are user ids. */
export interface Place {
  readonly id: number;
  title: string;
  readonly members: Set<number>;
}

export interface Workspace extends Place {
  readonly isPersonal: boolean;
  isArchived: boolean;
}

export interface Project extends Place {
  readonly workspace: number | null;
  /** Who has annotated in it. */
  readonly contributors: Set<number>;
  readonly roles: ProjectRoleRow[];
}

export interface ProjectRoleRow {
  readonly id: number;
  readonly user: number;
  readonly role: string;
  readonly source: string;
}

// Far from each other and from user ids, so that a mix-up meets nothing.
const FIRST = { tag: 1_001, workspace: 2_001, project: 3_001, role: 9_001 } as const;

/** Tags, workspaces and projects of our organisation, and who is in them. */
export class Places {
  readonly tags = new Map<number, Tag>();
  readonly workspaces = new Map<number, Workspace>();
  readonly projects = new Map<number, Project>();
  readonly #tagged = new Map<number, Set<number>>();
  readonly #now: () => number;
  #made = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  tagsOf(userId: number): readonly Tag[] {
    return [...(this.#tagged.get(userId) ?? [])].flatMap((id) => this.tags.get(id) ?? []);
  }

  taggedWith(tagId: number): readonly number[] {
    return [...this.#tagged].flatMap(([userId, ids]) => (ids.has(tagId) ? [userId] : []));
  }

  /** Answers how many links are new. */
  tag(userId: number, tagIds: readonly number[], overwrite: boolean): number {
    const before = this.#tagged.get(userId) ?? new Set();
    this.#tagged.set(userId, new Set(overwrite ? tagIds : [...before, ...tagIds]));
    return tagIds.filter((id) => !before.has(id)).length;
  }

  newTag(label: string): Tag {
    if (this.tagOf(label) !== undefined) throw new BridgeError("UNIQUENESS", `sandbox: there is a tag ${label}`);
    const tag = { id: this.#next("tag"), label, created: new Date(this.#now()).toISOString() };
    this.tags.set(tag.id, tag);
    return tag;
  }

  /** Unique whatever the letter case, as the search is (contract 2.5). */
  tagOf(label: string): Tag | undefined {
    return [...this.tags.values()].find((tag) => tag.label.toLowerCase() === label.trim().toLowerCase());
  }

  removeTag(id: number): void {
    this.tags.delete(id);
    for (const ids of this.#tagged.values()) ids.delete(id);
  }

  newWorkspace(title: string, { id, isPersonal = false, isArchived = false }: NewWorkspace = {}): Workspace {
    const workspace = { id: id ?? this.#next("workspace"), title, members: new Set<number>(), isPersonal, isArchived };
    this.workspaces.set(workspace.id, workspace);
    return workspace;
  }

  newProject(title: string, { id, workspace = null }: NewProject = {}): Project {
    const sets = { members: new Set<number>(), contributors: new Set<number>() };
    const project: Project = { id: id ?? this.#next("project"), title, workspace, ...sets, roles: [] };
    this.projects.set(project.id, project);
    return project;
  }

  addRole(project: Project, user: number, role: string, source: string): ProjectRoleRow {
    const row = { id: this.#next("role"), user, role, source };
    project.roles.push(row);
    return row;
  }

  /** True when there was such a row. */
  removeRoles(matches: (row: ProjectRoleRow, project: Project) => boolean): boolean {
    let removed = false;
    for (const project of this.projects.values()) {
      const kept = project.roles.filter((row) => !matches(row, project));
      removed ||= kept.length < project.roles.length;
      project.roles.splice(0, Infinity, ...kept);
    }
    return removed;
  }

  /** Out of everything. */
  dismiss(userId: number): void {
    this.#tagged.delete(userId);
    for (const place of [...this.workspaces.values(), ...this.projects.values()]) place.members.delete(userId);
    this.removeRoles(({ user }) => user === userId);
  }

  #next(kind: keyof typeof FIRST): number {
    return FIRST[kind] + this.#made++;
  }
}

interface NewWorkspace {
  readonly id?: number | undefined;
  readonly isPersonal?: boolean | undefined;
  readonly isArchived?: boolean | undefined;
}

interface NewProject {
  readonly id?: number | undefined;
  readonly workspace?: number | null | undefined;
}
