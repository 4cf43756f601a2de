// The hook into scimmy: its routers call these classes; no text of a client reaches its own Filter, whose
// parser can be made to write to Object.prototype and to run for exponential time.
import SCIMMY from "scimmy";
import type { Page } from "../../directory/index.js";
import type { RequestContext } from "../context.js";
import { answerList, type ListRequest } from "../listing.js";
import type { ResourceKind } from "../pure.js";

/** Resources leave here as JSON text. */
export interface ResourceHandlers {
  read(context: RequestContext, id: string): Promise<string>;
  list(context: RequestContext, request: ListRequest): Promise<Page<string>>;
  create(context: RequestContext, body: unknown): Promise<string>;
  replace(context: RequestContext, id: string, body: unknown): Promise<string>;
  patch(context: RequestContext, id: string, body: unknown): Promise<string | undefined>;
  remove(context: RequestContext, id: string): Promise<void>;
}

interface ResourceDefinition {
  readonly kind: ResourceKind;
  readonly endpoint: string;
  readonly schema: typeof SCIMMY.Types.Schema;
  readonly handlers: ResourceHandlers;
}

export function resourceClass({ kind, endpoint, schema, handlers }: ResourceDefinition): typeof SCIMMY.Types.Resource {
  return class Provisioned extends SCIMMY.Types.Resource {
    static override readonly endpoint = endpoint;
    static override readonly schema = schema;
    // scimmy-routers sets it on each request, from the mount path; a static cannot belong to one bridge.
    static override basepath = (path?: string): unknown => (path === undefined ? endpoint : Provisioned);

    /** Called with an id, a query, both or neither; the query is in the context. */
    constructor(id?: unknown) {
      super();
      if (typeof id === "string") this.id = id;
    }

    override read(context?: unknown): Promise<never> {
      return run(context, async (known) => {
        if (this.id !== undefined) return handlers.read(known, this.id);
        return answerList(kind, known.query, (request) => handlers.list(known, request));
      });
    }

    override write(body: unknown, context?: unknown): Promise<never> {
      const { id } = this;
      return run(context, (known) =>
        id === undefined ? handlers.create(known, body) : handlers.replace(known, id, body),
      );
    }

    override patch(body: unknown, context?: unknown): Promise<never> {
      return run(context, (known) => handlers.patch(known, this.id ?? "", body));
    }

    override dispose(context?: unknown): Promise<void> {
      return run(context, (known) => handlers.remove(known, this.id ?? ""));
    }
  };
}

/** The typings want instances of scimmy's schemas for what is only turned into JSON, hence `never`. */
const run = async (context: unknown, work: (known: RequestContext) => Promise<unknown>): Promise<never> =>
  (await work(context as RequestContext)) as never;
