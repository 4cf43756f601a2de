import { hasCode, type BridgeError } from "../../errors.js";
import type { Assignable, Assignee } from "../../membership/index.js";
import { statusOf } from "../refusal.js";
import { asObject, integer, text, unreadable } from "../wire.js";
import { allRows, MISSING } from "./paging.js";
import type { Place } from "./places.js";
import { membersPath, type Site } from "./site.js";

const PAGE = 500;

/** `GET /api/workspaces/`, a plain array (contract 2.8); undefined in the Community Edition, which has none. */
export async function workspaces({ transport, urgency }: Site): Promise<readonly Assignable[] | undefined> {
  const query = { include_all_workspaces: "true" };
  const call = { name: "workspaces.list", method: "GET", path: "/api/workspaces/", query, urgency } as const;
  const { status, json } = await transport.call({ ...call, alsoFine: MISSING });
  if (MISSING.includes(status)) return undefined;
  if (!Array.isArray(json)) throw unreadable(call.name, "it is not a list");
  return json.flatMap((row: unknown) => readWorkspace(row));
}

/** Somebody's own workspace is nobody else's, and an archived one is out of use. */
function readWorkspace(row: unknown): readonly Assignable[] {
  const fields = asObject(row);
  if (fields?.["is_personal"] === true || fields?.["is_archived"] === true) return [];
  const id = integer(fields?.["id"]);
  if (id === undefined) throw unreadable("workspaces.list", "a workspace has no id");
  return [{ kind: "workspace", id, name: text(fields?.["title"]) ?? "" }];
}

export async function createWorkspaces({ transport, urgency }: Site, titles: readonly string[]): Promise<void> {
  const call = { name: "workspaces.create", method: "POST", path: "/api/workspaces/", urgency } as const;
  let problem: BridgeError | undefined;
  for (const title of titles) {
    try {
      await transport.call({ ...call, body: { title } });
    } catch (error) {
      // One bad title blocks no other.
      if (!hasCode(error, "TARGET_REFUSED") || statusOf(error) !== 400) throw error;
      problem ??= error;
    }
  }
  if (problem) throw problem;
}

export const workspacePlace = (site: Site, of: Assignable): Place => ({
  of,
  calls: "workspaces",
  assignees: () => workspaceMembers(site, of),
  bulkBody: () => ({}),
  // The two names of contract 2.8 for the same thing.
  one: (userId) => ({ query: { user_id: String(userId) }, body: { user_id: userId, user: userId } }),
});

/** By pages; all at once on servers without `…/paginated/`. */
export async function workspaceMembers(site: Site, of: Assignable): Promise<readonly Assignee[]> {
  const { transport, urgency, lacking } = site;
  const call = { name: "workspaces.members", urgency } as const;
  const path = membersPath(of);
  if (!lacking.has("workspaces.paginated")) {
    const list = { ...call, path: `${path}paginated/`, query: {}, pageSize: PAGE, keyOf: memberOf };
    const rows = await allRows(transport, list);
    if (rows !== undefined) return rows.map((row) => ({ userId: memberOf(row), role: undefined }));
  }
  const { json } = await transport.call({ ...call, method: "GET", path });
  if (!Array.isArray(json)) throw unreadable(call.name, "it is not a list");
  lacking.add("workspaces.paginated");
  return json.map((row: unknown) => ({ userId: memberOf(asObject(row)?.["user"]), role: undefined }));
}

function memberOf(user: unknown): number {
  const id = integer(asObject(user)?.["id"]);
  if (id === undefined) throw unreadable("workspaces.members", "a row has no user id");
  return id;
}
