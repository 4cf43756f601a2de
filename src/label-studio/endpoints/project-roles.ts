import type { Assignable, ProjectRole } from "../../membership/index.js";
import type { Assigned } from "../../ports.js";
import { asObject, integer, text, unreadable } from "../wire.js";
import { MISSING } from "./paging.js";
import { inParts, settled, unlessGone, type Said } from "./parts.js";
import { checked, type Site } from "./site.js";

/** One row of `GET /api/projects/{id}/roles` (contract 2.9); who has none acts with the role of the organisation. */
interface RoleRow {
  readonly id: number;
  readonly userId: number;
  readonly role: string;
}

/** Empty where the server has no project roles. */
export async function projectRoles({ transport, urgency }: Site, of: Assignable): Promise<readonly RoleRow[]> {
  const path = `/api/projects/${checked(of.id)}/roles`;
  const call = { name: "projects.roles", method: "GET", path, urgency, alsoFine: MISSING } as const;
  const { status, json } = await transport.call(call);
  if (MISSING.includes(status)) return [];
  if (!Array.isArray(json)) throw unreadable(call.name, "it is not a list");
  return json.map(readRow);
}

function readRow(row: unknown): RoleRow {
  const fields = asObject(row);
  const [id, userId, role] = [integer(fields?.["id"]), integer(fields?.["user"]), text(fields?.["role"])];
  if (id === undefined || userId === undefined || role === undefined)
    throw unreadable("projects.roles", "a row lacks its id, user or role");
  return { id, userId, role };
}

/** There is no call that changes a role: another one is taken away first. Nothing is sent for who has it already. */
export async function giveRole(
  site: Site,
  of: Assignable,
  role: ProjectRole,
  userIds: readonly number[],
): Promise<Assigned> {
  const rows = await byUser(site, of);
  const one = async ([userId = 0]: readonly number[]): Promise<Said> => {
    const own = rows.get(userId) ?? [];
    for (const row of own) if (row.role !== role) await drop(site, of, row);
    return role === "inherit" || own.some((row) => row.role === role) ? "confirmed" : add(site, of, userId, role);
  };
  const attempt = (await inParts(userIds, 1, one)) ?? { done: [], open: [], refused: [] };
  const is = { call: "projects.role.add", not: `does not have the project role ${role}` };
  return settled(attempt, is, async () => {
    const now = await byUser(site, of);
    return (userId) => {
      const own = now.get(userId) ?? [];
      return role === "inherit" ? own.length === 0 : own.length > 0 && own.every((row) => row.role === role);
    };
  });
}

/** Of those who are in the project no more. */
export async function dropRoles(site: Site, of: Assignable, userIds: readonly number[]): Promise<void> {
  const rows = await byUser(site, of);
  for (const userId of userIds) for (const row of rows.get(userId) ?? []) await drop(site, of, row);
}

async function add({ transport, urgency }: Site, of: Assignable, user: number, role: ProjectRole): Promise<Said> {
  const body = { user, project: checked(of.id), role };
  const path = "/api/projects/roles/";
  const { json } = await transport.call({ name: "projects.role.add", method: "POST", path, body, urgency });
  const told = asObject(json);
  return told?.["user"] === user && told["role"] === role ? "confirmed" : "open";
}

async function drop(site: Site, of: Assignable, { id }: RoleRow): Promise<void> {
  const path = `/api/projects/roles/${checked(id)}/`;
  const call = { name: "projects.role.remove", method: "DELETE", path, urgency: site.urgency } as const;
  try {
    await site.transport.call(call);
  } catch (error) {
    await unlessGone(error, async () => !(await projectRoles(site, of)).some((row) => row.id === id));
  }
}

async function byUser(site: Site, of: Assignable): Promise<ReadonlyMap<number, readonly RoleRow[]>> {
  const rows = new Map<number, RoleRow[]>();
  for (const row of await projectRoles(site, of)) rows.set(row.userId, [...(rows.get(row.userId) ?? []), row]);
  return rows;
}
