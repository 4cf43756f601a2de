import type { Request, Response } from "express";
import { BridgeError } from "../errors.js";
import type { RequestContext, ScimOptions, Sender } from "./context.js";

/**
 * Names the token that a request carries; 401 without one, 429 to whoever has failed too often. Runs before any body is
 * read. A promise only where a signature has to be verified first: a turn of the event loop is not for nothing.
 */
export function authentication({ access }: ScimOptions) {
  return (req: Request, res: Response, context: RequestContext): void | Promise<void> => {
    const sent = sentToken(req.get("Authorization"));
    const sender = sent === undefined ? undefined : access.identify(sent);
    const admit = (known: Sender): void => {
      if (typeof known !== "string") throw refusal(res, sent, known ? 0 : access.refuse(req.ip));
      context.token = known;
    };
    return sender instanceof Promise ? sender.then(admit) : admit(sender);
  };
}

function refusal(res: Response, sent: string | undefined, waitMs: number): BridgeError {
  if (waitMs > 0) return new BridgeError("INVALID_VALUE", TOO_MANY, { status: 429, retryAfterMs: waitMs });
  // RFC 6750 §3: no error code when nothing was sent.
  res.set(
    "WWW-Authenticate",
    sent === undefined ? 'Bearer realm="scim"' : 'Bearer realm="scim", error="invalid_token"',
  );
  return new BridgeError("INVALID_VALUE", sent === undefined ? NO_TOKEN : WRONG_TOKEN, { status: 401 });
}

const NO_TOKEN = "The request carries no token; set the provisioning token of this bridge as bearer token in the IdP.";
const WRONG_TOKEN =
  "The token is not one of this bridge's provisioning tokens, or has expired; check the token that is set in the IdP.";
const TOO_MANY =
  "Too many requests without a valid token from this address; check the token that is set in the IdP, which is let in at once.";

/** `Bearer x` in any letter case, or the bare token as Okta's header authentication sends it. */
function sentToken(header: string | undefined): string | undefined {
  const [, bearer, bare] = /^(?:bearer +(\S+)|(\S+)) *$/i.exec(header ?? "") ?? [];
  return bearer ?? bare;
}
