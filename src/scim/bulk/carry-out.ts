// One operation of a Bulk request, as it would be carried out alone.
import type { RequestContext } from "../context.js";
import { groupHandlers } from "../resources/groups.js";
import { locationOf } from "../resources/representation.js";
import type { ResourceHandlers } from "../resources/resource.js";
import { userHandlers } from "../resources/users.js";
import type { Task } from "./read.js";
import { resolved } from "./references.js";

/** One entry of the answer (RFC 7644 §3.7.3). */
export interface BulkResult {
  readonly method?: string;
  readonly bulkId?: string;
  readonly version?: string;
  readonly location?: string;
  readonly status: string;
  readonly response?: object;
}

/** Of the ids that `created` does not have yet, what refers to them is left out. */
export async function carryOut(
  context: RequestContext,
  task: Task,
  created: ReadonlyMap<string, string | undefined>,
): Promise<{ readonly id: string; readonly result: BulkResult }> {
  const idOf = (bulkId: string): string | undefined => created.get(bulkId);
  const data = resolved(task.data, idOf) ?? {};
  const { own, version } = ownContext(context, task.ifMatch);
  const { id, status } = await perform(own, { ...task, data, id: task.id && String(resolved(task.id, idOf)) });
  return { id, result: { ...version(), location: locationOf(context.baseUrl, task.kind, id), status } };
}

/** What was created without all that it refers to, once that is there: written again, whole. */
export const completeCreation = (
  context: RequestContext,
  task: Task,
  id: string,
  created: ReadonlyMap<string, string | undefined>,
): Promise<{ readonly id: string; readonly result: BulkResult }> =>
  carryOut(context, { ...task, method: "PUT", id }, created);

/** Of something created that cannot be completed, nothing stays. */
export const undoCreation = (context: RequestContext, { kind }: Task, id: string): Promise<void> =>
  handlersOf(kind).remove(ownContext(context, undefined).own, id);

const handlersOf = (kind: Task["kind"]): ResourceHandlers => (kind === "User" ? userHandlers : groupHandlers);

/** Spares reading the members: no resource is in the answer. */
const SHORT = { excludedAttributes: "members,groups" };

/** The answer to one operation has no headers of its own. */
function ownContext(context: RequestContext, ifMatch: string | undefined) {
  let announced: string | undefined;
  const announce = (version: string): void => {
    announced = version;
  };
  const own: RequestContext = { ...context, query: SHORT, ifMatch, announce };
  return { own, version: () => (announced === undefined ? {} : { version: announced }) };
}

async function perform(context: RequestContext, { method, kind, id = "", data }: Task) {
  const handlers = handlersOf(kind);
  switch (method) {
    case "POST":
      return { id: (JSON.parse(await handlers.create(context, data)) as { readonly id: string }).id, status: "201" };
    case "PUT":
      await handlers.replace(context, id, data);
      return { id, status: "200" };
    case "PATCH":
      return { id, status: (await handlers.patch(context, id, data)) === undefined ? "204" : "200" };
    case "DELETE":
      await handlers.remove(context, id);
      return { id, status: "204" };
  }
}
