import { createHmac } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { refused, type Answer, type Refused } from "./answers.js";
import { DEFAULT_API_KEY } from "./options.js";

export type Permission = "organizations.view" | "organizations.invite" | "organizations.change";

// Contract 1.4: roles are assigned by Owner and Administrator; inviting is, by default, Manager and up.
export function permissionsOf(role: string): readonly Permission[] {
  if (role === "OW" || role === "AD") return ["organizations.view", "organizations.invite", "organizations.change"];
  return role === "MA" ? ["organizations.view", "organizations.invite"] : [];
}

const SIGNING_SECRET = "sandbox";
// The Community Edition's lifetime of a personal access token: 200 years (contract 1.2).
const PAT_CLAIMS = { token_type: "refresh", iat: 1_760_000_000, exp: 8_067_000_000, jti: "sandbox" };

interface Claims {
  readonly token_type: string;
  readonly exp: number;
}

/** The one API key of the sandbox, and the access tokens made from it. Answers follow the table of contract 1.3. */
export class Key {
  readonly value: string;
  #revoked = false;
  readonly #isPat: boolean;
  readonly #now: () => number;
  #issued = 0;

  constructor(isPat: boolean, value: string | undefined, now: () => number) {
    this.value = value ?? (isPat ? jwt(PAT_CLAIMS) : DEFAULT_API_KEY);
    this.#isPat = isPat;
    this.#now = now;
  }

  /** A dead key is dead at once, its access tokens too, as when the organisation switches tokens off. */
  revoke(revoked: boolean): void {
    this.#revoked = revoked;
  }

  /** undefined: the request comes from the owner of the key. */
  refusal(headers: IncomingHttpHeaders): Refused | undefined {
    const apiKey = headers["x-api-key"];
    const header = typeof apiKey === "string" ? `Token ${apiKey}` : (headers.authorization ?? "");
    const [scheme = "", token = ""] = header.split(" ");
    if (scheme.toLowerCase() === "token") {
      return !this.#isPat && token === this.value && !this.#revoked ? undefined : unauthorized("Invalid token.");
    }
    const admitted = scheme.toLowerCase() === "bearer" && this.#isPat && !this.#revoked && this.#isAccess(token);
    return admitted ? undefined : NO_CREDENTIALS;
  }

  /** `POST /api/token/refresh/`: an access token, or why not. */
  refresh(token: string, lifetimeMs: number): string | Answer {
    const invalidToken = (detail: string) => refused(401, detail, { "www-authenticate": 'Bearer realm="api"' });
    if (!this.#isPat || token !== this.value) return invalidToken("Token is invalid or expired");
    if (this.#revoked) return invalidToken("Token is blacklisted");
    const nowMs = this.#now();
    const times = { iat: Math.floor(nowMs / 1000), exp: Math.floor((nowMs + lifetimeMs) / 1000) };
    return jwt({ token_type: "access", ...times, jti: String(++this.#issued) });
  }

  #isAccess(token: string): boolean {
    const [header = "", payload = "", signature = ""] = token.split(".");
    if (signature !== sign(`${header}.${payload}`)) return false;
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims;
    return claims.token_type === "access" && claims.exp * 1000 > this.#now();
  }
}

const unauthorized = (detail: string): Refused => refused(401, detail, { "www-authenticate": "Token" });

/** Also what an access token gets that has run out. */
export const NO_CREDENTIALS: Refused = unauthorized("Authentication credentials were not provided.");

function jwt(claims: object): string {
  const unsigned = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${unsigned}.${sign(unsigned)}`;
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
const sign = (unsigned: string): string => createHmac("sha256", SIGNING_SECRET).update(unsigned).digest("base64url");
