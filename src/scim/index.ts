// scim: the service provider that IdPs talk to (RFC 7643, RFC 7644), with scimmy's schemas and messages.
// Invariant: what is acknowledged is durable, and everything refused is a SCIM error and has changed nothing.
// Flow: an IdP's request → token → limits → standard form → one store transaction (directory, outbox, audit) → answer;
// the reconcile loop takes it from the outbox. Nothing here waits for Label Studio.
import express, { type RequestHandler, type Router } from "express";
import { BridgeError } from "../errors.js";
import { authentication } from "./bearer.js";
import { bulk } from "./bulk/index.js";
import { openRequest, type ScimOptions } from "./context.js";
import { declareResources, discoveryRoutes } from "./discovery.js";
import { answerError } from "./errors.js";
import { carriesBody, limitHead, readBody } from "./limits.js";
import { rateLimit } from "./rate.js";
import { resourceRoutes } from "./resources/routes.js";
import { searchRoutes } from "./resources/search.js";

export type { ScimOptions } from "./context.js";

/** The SCIM endpoints, to be mounted at /scim/v2. */
export function scimRouter(options: ScimOptions): Router {
  declareResources();
  const router = express.Router();
  router.use(front(options), resourceRoutes, discoveryRoutes(), searchRoutes());
  router.post("/Bulk", bulk);
  router.all("/Me", () => {
    throw new BridgeError("INVALID_VALUE", "There is no /Me: a provisioning token is nobody's account.", {
      status: 501,
    });
  });
  router.use((req) => {
    const { method, path } = req;
    throw new BridgeError("NOT_FOUND", `There is no endpoint ${method} ${path}; resources are at /Users and /Groups.`);
  });
  router.use(answerError);
  return router;
}

/** What every request passes, in one layer: each layer of a router costs as much as a lookup in the store. */
function front(options: ScimOptions): RequestHandler {
  const authenticate = authentication(options.tokens);
  const limitRate = rateLimit(options.maxRps, options.clock);
  return (req, res, next) => {
    const context = openRequest(options, req, res);
    authenticate(req, res, context);
    limitRate(context);
    limitHead(req);
    res.set("Content-Type", "application/scim+json");
    if (carriesBody(req)) readBody(req, res, context, next);
    else next();
  };
}
