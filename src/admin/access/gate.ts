// Nobody passes without a token or a session; who only reads decides nothing; what a browser sends by itself decides nothing.
import type { NextFunction, Request, RequestHandler, Response } from "express";
import type { Attempts } from "../../access/index.js";
import { readCookie, setCookie, type CookieOptions } from "./cookie.js";
import { levelOf, type AdminTokens } from "./secrets.js";
import { isSame, type Sessions } from "./session.js";
import { admit, visitorOf } from "./visitor.js";

export interface GateOptions {
  readonly tokens: AdminTokens;
  readonly sessions: Sessions;
  readonly attempts: Pick<Attempts, "failed">;
  readonly cookie: (request: Request) => CookieOptions;
}

export type Refuse = (request: Request, response: Response, refusal: Refusal) => void;

export interface Refusal {
  readonly status: 401 | 403 | 429;
  readonly error: string;
}

const NO_TOKEN: Refusal = { status: 401, error: "Send the operator's token (ADMIN_TOKEN) as Authorization: Bearer." };
const TOO_MANY: Refusal = { status: 429, error: "Too many wrong tokens from this address: wait a minute." };
const READS_ONLY: Refusal = {
  status: 403,
  error: "This token (ADMIN_READ_TOKEN) reads and decides nothing: use the operator's (ADMIN_TOKEN).",
};
const FORGED: Refusal = {
  status: 403,
  error: "This did not come from the page as it was shown: load the page again and repeat it there.",
};

const isReading = ({ method }: Request): boolean => method === "GET" || method === "HEAD";

export const gate =
  (options: GateOptions, refuse: Refuse): RequestHandler =>
  (request, response, next) => {
    const header = request.get("authorization");
    const refusal = header === undefined ? bySession(options, request, response) : byToken(options, request, response);
    if (refusal) return refuse(request, response, refusal);
    const { level } = visitorOf(response);
    if (level === "read" && !isReading(request)) return refuse(request, response, READS_ONLY);
    next();
  };

function byToken({ tokens, attempts }: GateOptions, request: Request, response: Response): Refusal | undefined {
  const sent = /^bearer +(.+)$/i.exec(request.get("authorization") ?? "")?.[1];
  if (sent === undefined) return NO_TOKEN;
  const level = levelOf(sent, tokens);
  if (level === undefined) return wrongToken(attempts, request, response, NO_TOKEN);
  admit(response, { level, session: undefined, formToken: "" });
  return undefined;
}

/** 429 instead of what is to be said of a wrong token, where there have been too many. */
export function wrongToken(
  attempts: GateOptions["attempts"],
  { ip }: Request,
  response: Response,
  refusal: Refusal,
): Refusal {
  const waitMs = attempts.failed(ip);
  if (waitMs <= 0) return refusal;
  response.set("Retry-After", String(Math.ceil(waitMs / 1000)));
  return TOO_MANY;
}

function bySession(options: GateOptions, request: Request, response: Response): Refusal | undefined {
  const { sessions } = options;
  const session = sessions.open(readCookie(request) ?? "");
  if (session === undefined) return NO_TOKEN;
  const formToken = sessions.formToken(session);
  admit(response, { level: session.level, session, formToken });
  // The page that refreshes itself is not its reader: left alone it comes to its end.
  if (request.get("x-refresh") === undefined) setCookie(response, sessions.seal(session), options.cookie(request));
  return isReading(request) || !isForeign(request) ? undefined : FORGED;
}

/**
 * The first is sent only where the page is read over https or from the same machine (w3.org/TR/fetch-metadata); elsewhere the
 * origin of forms tells, which is `null` where it is kept secret (RFC 6454 §7.3).
 */
export function isForeign(request: Request): boolean {
  const site = request.get("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const origin = request.get("origin");
  return origin !== undefined && hostIn(origin) !== request.host;
}

const hostIn = (origin: string): string | undefined => /^https?:\/\/([^/]+)$/.exec(origin)?.[1];

/** After the body is read: the form's token as a field of it, or a header. */
export const formGate =
  (refuse: Refuse): RequestHandler =>
  (request: Request, response: Response, next: NextFunction) => {
    const { session, formToken } = visitorOf(response);
    if (session === undefined || isReading(request) || isSame(tokenIn(request), formToken)) return next();
    refuse(request, response, FORGED);
  };

function tokenIn(request: Request): string {
  const { token } = (request.body ?? {}) as { token?: unknown };
  return request.get("x-form-token") ?? (typeof token === "string" ? token : "");
}
