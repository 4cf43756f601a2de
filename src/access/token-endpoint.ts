// `POST /oauth/token`: client credentials (RFC 6749 §4.4), by a secret or by an assertion of a federated workload.
import { promisify } from "node:util";
import express, { type Request, type RequestHandler, type Response } from "express";
import { hasCode } from "../errors.js";
import type { Emit, TokenOutcome } from "../events.js";
import type { Clock } from "../ports.js";
import { SCOPE, type AccessTokens, type Grantee } from "./access-tokens.js";
import type { Attempts } from "./attempts.js";
import { WORKLOAD_IDENTITY, type Federation } from "./federation.js";
import { readGrant, type Grant } from "./grant.js";
import type { Keyring } from "./keyring.js";
import { idIn, isDigestOf } from "./secrets.js";

export interface TokenEndpointOptions {
  readonly keyring: Keyring;
  readonly tokens: AccessTokens;
  readonly federated: Federation | undefined;
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly emit: Emit;
}

type Judged =
  | { readonly kind: "granted"; readonly name: string; readonly to: Grantee }
  | { readonly kind: "refused"; readonly error: Exclude<TokenOutcome, "issued">; readonly description: string };

/** An assertion of Entra ID has some 2 KiB. */
const LARGEST_FORM = 16 * 1024;
const RETRY_MS = 5_000;

const readForm = promisify(express.urlencoded({ extended: false, limit: LARGEST_FORM }));

export function tokenEndpoint(options: TokenEndpointOptions): RequestHandler {
  const { attempts, clock, emit } = options;
  return async (request, response) => {
    const startedAt = clock.now();
    // RFC 6749 §5.1.
    response.set({ "Cache-Control": "no-store", Pragma: "no-cache" });
    const judged = request.method === "POST" ? await judge(options, request, response) : ONLY_POST;
    const waitMs = isGuess(judged) ? attempts.failed(request.ip) : 0;
    const answered = waitMs > 0 ? TOO_MANY : judged;
    if (answered.kind === "granted") await grant(options, answered.to, response);
    else refuse(request, response, answered, waitMs);
    const name = answered.kind === "granted" ? answered.name : undefined;
    const outcome = answered.kind === "granted" ? "issued" : answered.error;
    const reason = judged.kind === "granted" ? undefined : judged.description;
    emit({ kind: "token-request", outcome, name, reason, durationMs: clock.now() - startedAt });
  };
}

const refusal = (error: Exclude<TokenOutcome, "issued">, description: string) =>
  ({ kind: "refused", error, description }) as const satisfies Judged;

const ONLY_POST = refusal("method_not_allowed", "Tokens are asked for by POST.");
const TOO_MANY = refusal("slow_down", "Too many failed attempts from this address; try again later.");
const WRONG = refusal("invalid_client", "No live client has this id and secret; the secret may have expired.");
const NO_STORE = refusal("temporarily_unavailable", "The bridge cannot tell at the moment which secrets are revoked.");

const isGuess = (judged: Judged): boolean => judged.kind === "refused" && judged.error !== "temporarily_unavailable";

async function judge(options: TokenEndpointOptions, request: Request, response: Response): Promise<Judged> {
  try {
    const form = await readForm(request, response).then(
      () => request.body as Readonly<Record<string, unknown>> | undefined,
      () => undefined,
    );
    return await judgeGrant(options, readGrant(form, request.get("Authorization")));
  } catch (error) {
    if (hasCode(error, "STORE_UNAVAILABLE")) return NO_STORE;
    throw error;
  }
}

async function judgeGrant({ keyring, federated }: TokenEndpointOptions, grant: Grant): Promise<Judged> {
  switch (grant.kind) {
    case "refused":
      return grant;
    case "secret": {
      const id = idIn(grant.secret);
      const client = id === undefined ? undefined : keyring.live(id);
      if (client?.kind !== "client" || client.name !== grant.clientId) return WRONG;
      if (!isDigestOf(client.digestBytes, grant.secret)) return WRONG;
      keyring.used(client.id);
      const { name, expiresAt } = client;
      return { kind: "granted", name, to: { credentialId: client.id, clientId: name, expiresAt } };
    }
    case "assertion":
      return federated ? judgeAssertion(federated, grant.assertion) : NOT_FEDERATED;
  }
}

const NOT_FEDERATED = refusal("invalid_client", "No workload identity is set at this bridge (WIF_TENANT_ID).");

async function judgeAssertion(federated: Federation, assertion: string): Promise<Judged> {
  const verdict = await federated.judge(assertion);
  const { credentialId, subject: clientId } = federated;
  switch (verdict.kind) {
    case "accepted":
      return { kind: "granted", name: WORKLOAD_IDENTITY, to: { credentialId, clientId, expiresAt: undefined } };
    case "refused":
      return refusal("invalid_client", `The client_assertion is refused: ${verdict.reason}.`);
    case "unavailable":
      return refusal("temporarily_unavailable", `The client_assertion cannot be verified: ${verdict.reason}.`);
  }
}

async function grant({ tokens }: TokenEndpointOptions, to: Grantee, response: Response): Promise<void> {
  const { token, expiresInSeconds } = await tokens.issue(to);
  response.json({ access_token: token, token_type: "Bearer", expires_in: expiresInSeconds, scope: SCOPE });
}

const STATUS: Readonly<Record<Exclude<TokenOutcome, "issued">, number>> = {
  invalid_request: 400,
  invalid_client: 401,
  unsupported_grant_type: 400,
  method_not_allowed: 405,
  slow_down: 429,
  temporarily_unavailable: 503,
};

function refuse(
  request: Request,
  response: Response,
  { error, description }: Extract<Judged, { kind: "refused" }>,
  waitMs: number,
): void {
  if (error === "method_not_allowed") response.set("Allow", "POST");
  if (error === "temporarily_unavailable") response.set("Retry-After", String(RETRY_MS / 1_000));
  if (error === "slow_down") response.set("Retry-After", String(Math.ceil(waitMs / 1_000)));
  // RFC 6749 §5.2: in the scheme that was tried.
  if (error === "invalid_client" && request.get("Authorization") !== undefined)
    response.set("WWW-Authenticate", 'Basic realm="oauth"');
  response.status(STATUS[error]).json({ error, error_description: description });
}
