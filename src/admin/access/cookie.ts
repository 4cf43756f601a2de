import type { Request, Response } from "express";

const NAME = "scim_bridge_session";

/** `secure`: operators come over https, whatever the last hop is. */
export interface CookieOptions {
  readonly path: string;
  readonly secure: boolean;
}

export function readCookie(request: Request): string | undefined {
  for (const pair of (request.get("cookie") ?? "").split(";")) {
    const [name = "", ...value] = pair.split("=");
    if (name.trim() === NAME) return value.join("=").trim();
  }
  return undefined;
}

/** Without a date: it ends with the browser, and on our side by what is sealed in it. */
export function setCookie(response: Response, value: string, { path, secure }: CookieOptions): void {
  response.cookie(NAME, value, { httpOnly: true, sameSite: "strict", secure, path });
}

export function clearCookie(response: Response, { path, secure }: CookieOptions): void {
  response.clearCookie(NAME, { httpOnly: true, sameSite: "strict", secure, path });
}
