// Whatever was thrown becomes a SCIM error (RFC 7644 §3.12), never an HTML page and never a 404 that nobody meant:
// an IdP takes 404 for "this user is gone".
import type { ErrorRequestHandler, Response } from "express";
import SCIMMY from "scimmy";
import { BridgeError } from "../errors.js";
import { SCIM_JSON } from "./answer.js";
import { contextOf, type RequestContext } from "./context.js";

interface ScimProblem {
  readonly status: number;
  readonly scimType?: string | undefined;
  /** Shown word by word to the administrator of the IdP. */
  readonly detail: string;
  readonly retryAfterMs?: number | undefined;
}

/** How long an IdP should leave us alone when the store did not say. */
const STORE_RETRY_MS = 5_000;

const INTERNAL: ScimProblem = {
  status: 500,
  detail: "The bridge failed on this request; nothing was changed. Its log has the reason under the X-Request-Id.",
};

export function problemOf(error: unknown): ScimProblem {
  if (error instanceof BridgeError) return bridgeProblem(error);
  if (error instanceof SCIMMY.Types.Error)
    return { status: error.status, scimType: error.scimType, detail: error.message };
  return error instanceof Error ? (httpProblem(error) ?? INTERNAL) : INTERNAL;
}

function bridgeProblem({ code, facts, message: detail }: BridgeError): ScimProblem {
  const { scimType, retryAfterMs } = facts;
  switch (code) {
    case "NOT_FOUND":
      return { status: facts.status ?? 404, detail };
    case "UNIQUENESS":
      return { status: facts.status ?? 409, scimType: "uniqueness", detail };
    case "INVALID_VALUE": {
      const status = facts.status ?? 400;
      return { status, scimType: scimType ?? (status === 400 ? "invalidValue" : undefined), detail, retryAfterMs };
    }
    case "VERSION_CONFLICT":
      return { status: facts.status ?? 412, detail };
    case "STORE_UNAVAILABLE":
      return {
        status: 503,
        detail: "The bridge's database cannot answer at the moment; nothing was changed. Send the request again.",
        retryAfterMs: retryAfterMs ?? STORE_RETRY_MS,
      };
    case "TARGET_RATE_LIMITED":
    case "TARGET_UNAVAILABLE":
    case "TARGET_REFUSED":
    case "TARGET_UNAUTHORIZED":
    case "CONFIG_INVALID":
      return INTERNAL;
  }
}

/** Errors of Express and its body parser; both mark what is the client's fault with a 4xx status. */
function httpProblem(error: Error): ScimProblem | undefined {
  const { status, type, limit } = error as { status?: unknown; type?: unknown; limit?: unknown };
  if (typeof status !== "number" || status < 400 || status > 499) return undefined;
  if (type === "entity.parse.failed")
    return { status: 400, scimType: "invalidSyntax", detail: "The body is not valid JSON; send one JSON object." };
  if (status === 413)
    return { status, detail: `The body is larger than ${String(limit)} bytes; send less per request.` };
  return {
    status,
    scimType: status === 400 ? "invalidSyntax" : undefined,
    detail: `The request is unusable: ${error.message}.`,
  };
}

/** 501 is an answer, every other 5xx a fault of ours. */
const isFault = ({ status }: ScimProblem): boolean => status >= 500 && status !== 501;

export function reportFault({ options, requestId }: RequestContext, error: unknown): void {
  if (isFault(problemOf(error))) options.emit({ kind: "scim-fault", requestId, error });
}

/** Last of all handlers. */
export const answerError: ErrorRequestHandler = (error: unknown, req, res, next) => {
  reportFault(contextOf(req), error);
  // An answer that has begun cannot be turned into another; Express then closes the connection.
  if (res.headersSent) next(error);
  else sendProblem(res, problemOf(error));
};

function sendProblem(res: Response, problem: ScimProblem): void {
  const { status, retryAfterMs } = problem;
  if (retryAfterMs !== undefined) res.set("Retry-After", String(Math.ceil(retryAfterMs / 1_000)));
  res.status(status).set("Content-Type", SCIM_JSON);
  res.end(JSON.stringify(problemBody(problem)));
}

export const problemBody = ({ status, scimType, detail }: ScimProblem): object => ({
  schemas: [SCIMMY.Messages.ErrorResponse.id],
  status: String(status),
  ...(scimType ? { scimType } : {}),
  detail,
});
