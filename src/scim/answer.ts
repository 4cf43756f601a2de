import type { Request, Response } from "express";

export const SCIM_JSON = "application/scim+json; charset=utf-8";

export interface Answer {
  readonly status: number;
  /** JSON; undefined: there is no body. */
  readonly text: string | undefined;
}

/** What Express's own send does for such an answer, without asking for each header several times. */
export function sendAnswer(req: Request, res: Response, { status, text }: Answer): void {
  res.statusCode = status;
  // RFC 7232 §4.1: by the ETag that was announced.
  if (req.fresh) res.statusCode = 304;
  if (res.statusCode === 304 || text === undefined) return void res.end();
  res.setHeader("Content-Type", SCIM_JSON);
  res.setHeader("Content-Length", Buffer.byteLength(text));
  res.end(req.method === "HEAD" ? undefined : text);
}
