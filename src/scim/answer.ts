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
  if (status === 200 && isKnown(req, res)) res.statusCode = 304;
  if (res.statusCode === 304 || text === undefined) return void res.end();
  res.setHeader("Content-Type", SCIM_JSON);
  res.setHeader("Content-Length", Buffer.byteLength(text));
  res.end(req.method === "HEAD" ? undefined : text);
}

/**
 * RFC 9110 §13.1.2, by the ETag that was announced. Express's `fresh` lets `Cache-Control: no-cache` outweigh the tag, which
 * browsers and Node's fetch send along with it by themselves: they would never be answered 304.
 */
function isKnown(req: Request, res: Response): boolean {
  const known = req.headers["if-none-match"];
  const tag = res.getHeader("ETag");
  if (known === undefined || typeof tag !== "string" || (req.method !== "GET" && req.method !== "HEAD")) return false;
  return known.trim() === "*" || known.split(",").some((one) => weak(one) === weak(tag));
}

const weak = (tag: string): string => tag.trim().replace(/^W\//, "");
