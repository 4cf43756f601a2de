// The endpoints of the resources themselves (RFC 7644 §3.3-3.6): a request goes straight to its handler.
import type { Request, Response } from "express";
import { BridgeError } from "../../errors.js";
import { sendAnswer, type Answer } from "../answer.js";
import type { RequestContext } from "../context.js";
import { answerList } from "../listing.js";
import type { ResourceKind } from "../pure.js";
import { groupHandlers } from "./groups.js";
import type { ResourceHandlers } from "./resource.js";
import { userHandlers } from "./users.js";

const HANDLERS = { User: userHandlers, Group: groupHandlers } as const satisfies Record<ResourceKind, ResourceHandlers>;

/** False, and nothing done, when this is no request for a resource. */
export async function answerResource(req: Request, res: Response, context: RequestContext): Promise<boolean> {
  const { kind, id } = context.route;
  if (kind === undefined) return false;
  const answer = id === undefined ? await onCollection(req, context, kind) : await onResource(req, context, kind, id);
  if (answer) sendAnswer(req, res, answer);
  return answer !== undefined;
}

async function onCollection(req: Request, context: RequestContext, kind: ResourceKind): Promise<Answer | undefined> {
  const handlers = HANDLERS[kind];
  switch (req.method) {
    case "GET":
    case "HEAD":
      return { status: 200, text: await answerList(kind, context.query, (request) => handlers.list(context, request)) };
    case "POST":
      return { status: 201, text: await handlers.create(context, req.body) };
    default:
      return undefined;
  }
}

async function onResource(
  req: Request,
  context: RequestContext,
  kind: ResourceKind,
  sentId: string,
): Promise<Answer | undefined> {
  const handlers = HANDLERS[kind];
  const id = decoded(sentId);
  switch (req.method) {
    case "GET":
    case "HEAD":
      return { status: 200, text: await handlers.read(context, id) };
    case "PUT":
      return { status: 200, text: await handlers.replace(context, id, req.body) };
    case "PATCH": {
      const text = await handlers.patch(context, id, req.body);
      return { status: text === undefined ? 204 : 200, text };
    }
    case "DELETE":
      await handlers.remove(context, id);
      return { status: 204, text: undefined };
    default:
      return undefined;
  }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new BridgeError("INVALID_VALUE", `The id ${JSON.stringify(id)} in the path is not percent-encoded text.`);
  }
}
