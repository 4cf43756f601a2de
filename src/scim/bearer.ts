import { createHash, timingSafeEqual } from "node:crypto";
import type { RequestHandler } from "express";
import { BridgeError } from "../errors.js";
import { contextOf, type ScimOptions } from "./context.js";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Lets a request pass that carries one of the tokens; runs before any body is read. */
export function authenticate(tokens: ScimOptions["tokens"]): RequestHandler {
  const known = tokens.map(({ name, value }) => ({ name, digest: digest(value) }));
  return (req, res, next) => {
    const sent = sentToken(req.get("Authorization"));
    // Every digest is compared, so that the time taken says neither which token nor how much of it is right.
    const sentDigest = digest(sent ?? "");
    const matching = known.filter((token) => timingSafeEqual(token.digest, sentDigest));
    const token = sent === undefined ? undefined : matching[0];
    if (token) {
      contextOf(req).token = token.name;
      next();
      return;
    }
    // RFC 6750 §3: no error code when nothing was sent.
    res.set(
      "WWW-Authenticate",
      sent === undefined ? 'Bearer realm="scim"' : 'Bearer realm="scim", error="invalid_token"',
    );
    next(new BridgeError("INVALID_VALUE", sent === undefined ? NO_TOKEN : WRONG_TOKEN, { status: 401 }));
  };
}

const NO_TOKEN = "The request carries no token; set the provisioning token of this bridge as bearer token in the IdP.";
const WRONG_TOKEN =
  "The token is not one of this bridge's provisioning tokens; check the token that is set in the IdP.";

/** `Bearer x` in any letter case, or the bare token as Okta's header authentication sends it. */
function sentToken(header: string | undefined): string | undefined {
  const [, bearer, bare] = /^(?:bearer +(\S+)|(\S+)) *$/i.exec(header ?? "") ?? [];
  return bearer ?? bare;
}
