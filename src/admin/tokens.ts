// Managed tokens and clients' secrets for operators.
import type { Request, Router } from "express";
import { USUAL_LIFETIME, type CredentialAsked, type CredentialDesk } from "../access/index.js";
import { hasCode } from "../errors.js";
import { unusable } from "./requests.js";

export function tokenRoutes(router: Router, desk: CredentialDesk): void {
  router.get("/tokens", async (_request, response) => {
    response.json({ tokens: await desk.tokens() });
  });
  router.post("/tokens", async (request, response) => {
    const asked = readAsked(request.body);
    response.json(await desk.createToken(asked).catch(conflict));
  });
  router.delete("/tokens/:which", async (request: Request<{ which: string }>, response) => {
    const { which } = request.params;
    const revoked = await desk.revokeToken(which, request.query["all"] === "true").catch(conflict);
    if (revoked.length > 0) response.json({ revoked });
    else response.status(404).json({ error: `No token is called ${JSON.stringify(which)}.` });
  });
}

/** `{"name": "okta", "kind": "token", "expires": "180d"}`; a token that lasts a year unless told. */
function readAsked(body: unknown): CredentialAsked {
  const { name, kind = "token", expires = USUAL_LIFETIME } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name === "string" && typeof expires === "string" && (kind === "token" || kind === "client"))
    return { name, kind, expires };
  throw unusable('Send {"name": "…", "kind": "token" or "client", "expires": "180d" or "never"}.');
}

/** What is refused for what is there already is told with the status that says so. */
function conflict(error: unknown): never {
  if (hasCode(error, "UNIQUENESS")) throw Object.assign(new Error(error.message), { status: 409 });
  throw error;
}
