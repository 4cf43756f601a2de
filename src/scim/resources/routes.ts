// The endpoints of the resources themselves (RFC 7644 §3.3-3.6): a request goes straight to its handler.
import type { Request, RequestHandler, Response } from "express";
import { BridgeError } from "../../errors.js";
import { contextOf } from "../context.js";
import { answerList } from "../listing.js";
import type { ResourceKind } from "../pure.js";
import { groupHandlers } from "./groups.js";
import type { ResourceHandlers } from "./resource.js";
import { userHandlers } from "./users.js";

const HANDLERS = { User: userHandlers, Group: groupHandlers } as const satisfies Record<ResourceKind, ResourceHandlers>;

/** Passes on what is no request for a resource. */
export const resourceRoutes: RequestHandler = async (req, res, next) => {
  const { kind, id } = contextOf(req).route;
  if (kind === undefined) next();
  else if (!(await (id === undefined ? onCollection(req, res, kind) : onResource(req, res, HANDLERS[kind], id))))
    next();
};

async function onCollection(req: Request, res: Response, kind: ResourceKind): Promise<boolean> {
  const context = contextOf(req);
  switch (req.method) {
    case "GET":
    case "HEAD":
      res.send(await answerList(kind, context.query, (request) => HANDLERS[kind].list(context, request)));
      return true;
    case "POST":
      res.status(201).send(await HANDLERS[kind].create(context, req.body));
      return true;
    default:
      return false;
  }
}

async function onResource(req: Request, res: Response, handlers: ResourceHandlers, sentId: string): Promise<boolean> {
  const context = contextOf(req);
  const id = decoded(sentId);
  switch (req.method) {
    case "GET":
    case "HEAD":
      res.send(await handlers.read(context, id));
      return true;
    case "PUT":
      res.send(await handlers.replace(context, id, req.body));
      return true;
    case "PATCH": {
      const text = await handlers.patch(context, id, req.body);
      if (text === undefined) res.status(204).send();
      else res.send(text);
      return true;
    }
    case "DELETE":
      await handlers.remove(context, id);
      res.status(204).send();
      return true;
    default:
      return false;
  }
}

function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    throw new BridgeError("INVALID_VALUE", `The id ${JSON.stringify(id)} in the path is not percent-encoded text.`);
  }
}
