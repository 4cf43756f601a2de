import { Router, static as files, type NextFunction, type Request, type Response } from "express";
import { fileURLToPath } from "node:url";
import { Attempts } from "../access/index.js";
import type { CookieOptions } from "./access/cookie.js";
import { formGate, gate, type Refuse } from "./access/gate.js";
import { securityHeaders } from "./access/headers.js";
import type { AdminTokens } from "./access/secrets.js";
import { sessions } from "./access/session.js";
import { apiRouter, bodies, type ApiOptions } from "./api.js";
import { faultOf } from "./faults.js";
import { loginRoutes, toLogin } from "./page/login.js";
import { pageRouter } from "./page/router.js";
import type { PageOptions } from "./page/tab.js";

export interface AdminOptions extends ApiOptions, PageOptions {
  readonly tokens: AdminTokens;
  /** Ids of sessions, which nobody can guess. */
  readonly newId: () => string;
  /** Operators come over https, also where a proxy ends it and its headers are not trusted. */
  readonly https: boolean;
  readonly onWrongToken: () => void;
}

const PATH = "/admin";
const ASSETS = fileURLToPath(new URL("./page/static/", import.meta.url));

export function adminRouter(options: AdminOptions): Router {
  const now = (): number => options.clock.now();
  const access = {
    tokens: options.tokens,
    sessions: sessions({ tokens: options.tokens, now, newId: options.newId }),
    // Of its own: what fails at SCIM is another credential's.
    attempts: heard(new Attempts(options.clock), options.onWrongToken),
    cookie: (request: Request): CookieOptions => ({ path: PATH, secure: options.https || request.secure }),
  };
  const router = Router();
  router.use(securityHeaders());
  // Part of the program, and the same for everybody.
  router.use("/static", files(ASSETS, { index: false, redirect: false, cacheControl: false }), noSuchFile);
  router.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  loginRoutes(router, access);
  router.use("/api", gate(access, refuseJson), bodies, formGate(refuseJson), apiRouter(options));
  router.use(gate(access, toLogin), pageRouter(options));
  router.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    const fault = faultOf(error);
    if (fault && !response.headersSent) response.status(fault.status).json({ error: fault.words });
    else next(error);
  });
  return router;
}

/** Left to the library, its error would tell strangers where the program is installed. */
const noSuchFile = (_request: Request, response: Response): void => {
  response.status(404).json({ error: "No such file." });
};

const heard = (attempts: Attempts, onFailure: () => void): Pick<Attempts, "failed"> => ({
  failed: (address) => {
    onFailure();
    return attempts.failed(address);
  },
});

const refuseJson: Refuse = (_request, response: Response, { status, error }) => {
  if (status === 401) response.set("WWW-Authenticate", 'Bearer realm="admin"');
  response.status(status).json({ error });
};
