import { timingSafeEqual } from "node:crypto";
import type { Request, Response } from "express";
import { BridgeError } from "../errors.js";
import type { RequestContext, ScimOptions } from "./context.js";

/** More than any token has; config.ts refuses longer ones. */
const LONGEST_BYTES = 1_024;

/** All of one length, whatever was sent, so that comparing two takes the same time; cheaper than their digests. */
function padded(text: string): Buffer {
  const bytes = Buffer.alloc(LONGEST_BYTES + 1);
  // One byte more than any token has: what was cut off equals none.
  bytes.write(text);
  return bytes;
}

/** Names the token that a request carries; 401 without one. Runs before any body is read. */
export function authentication(tokens: ScimOptions["tokens"]) {
  const known = tokens.map(({ name, value }) => ({ name, bytes: padded(value) }));
  return (req: Request, res: Response, context: RequestContext): void => {
    const sent = sentToken(req.get("Authorization"));
    // Every token is compared, so that the time taken says neither which one nor how much of it is right.
    const sentBytes = padded(sent ?? "");
    const matching = known.filter((token) => timingSafeEqual(token.bytes, sentBytes));
    const token = sent === undefined ? undefined : matching[0];
    if (token) {
      context.token = token.name;
      return;
    }
    // RFC 6750 §3: no error code when nothing was sent.
    res.set(
      "WWW-Authenticate",
      sent === undefined ? 'Bearer realm="scim"' : 'Bearer realm="scim", error="invalid_token"',
    );
    throw new BridgeError("INVALID_VALUE", sent === undefined ? NO_TOKEN : WRONG_TOKEN, { status: 401 });
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
