import type { Page } from "../../directory/index.js";
import type { RequestContext } from "../context.js";
import type { ListRequest } from "../listing.js";

/** Resources leave here as JSON text. */
export interface ResourceHandlers {
  read(context: RequestContext, id: string): Promise<string>;
  list(context: RequestContext, request: ListRequest): Promise<Page>;
  create(context: RequestContext, body: unknown): Promise<string>;
  replace(context: RequestContext, id: string, body: unknown): Promise<string>;
  patch(context: RequestContext, id: string, body: unknown): Promise<string | undefined>;
  remove(context: RequestContext, id: string): Promise<void>;
}
