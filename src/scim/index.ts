// scim: the service provider that IdPs talk to (RFC 7643, RFC 7644), with scimmy's schemas and messages.
// Invariant: what is acknowledged is durable, and everything refused is a SCIM error and has changed nothing.
// Flow: an IdP's request → token → limits → standard form → one store transaction (directory, outbox, audit) → answer;
// the reconcile loop takes it from the outbox. Nothing here waits for Label Studio.
import express, { type Request, type RequestHandler, type Response, type Router } from "express";
import { BridgeError } from "../errors.js";
import { SCIM_JSON } from "./answer.js";
import { authentication } from "./bearer.js";
import { bulk } from "./bulk/index.js";
import { openRequest, type RequestContext, type ScimOptions } from "./context.js";
import { declareResources, discoveryRoutes } from "./discovery.js";
import { answerError } from "./errors.js";
import { carriesBody, limitHead, readBody } from "./limits.js";
import { rateLimit } from "./rate.js";
import { answerResource } from "./resources/routes.js";
import { searchRoutes } from "./resources/search.js";

export type { ScimOptions } from "./context.js";

/** The SCIM endpoints, to be mounted at /scim/v2. */
export function scimEndpoints(options: ScimOptions): RequestHandler {
  declareResources();
  const admit = front(options);
  const others = otherRoutes();
  return (req, res, next) => {
    const context = openRequest(options, req, res);
    admit(req, res, context)
      // Ahead of the router, each layer of which costs as much as a lookup in the store.
      .then(() => answerResource(req, res, context))
      .then((answered) => {
        if (!answered) others(req, res, next);
      })
      .catch((error: unknown) => answerError(error, req, res, next));
  };
}

/** What every request passes. */
function front(options: ScimOptions) {
  const authenticate = authentication(options);
  const limitRate = rateLimit(options.maxRps, options.clock);
  return async (req: Request, res: Response, context: RequestContext): Promise<void> => {
    const authenticated = authenticate(req, res, context);
    if (authenticated) await authenticated;
    limitRate(context);
    limitHead(req);
    if (carriesBody(req)) await readBody(req, res, context);
  };
}

function otherRoutes(): Router {
  const router = express.Router();
  router.use((_req, res, next) => {
    res.set("Content-Type", SCIM_JSON);
    next();
  });
  router.use(discoveryRoutes(), searchRoutes());
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
