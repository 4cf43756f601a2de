// Access tokens: signed by a key that all processes on the store share, valid for an hour or so (RFC 9068 in outline).
import { createSecretKey } from "node:crypto";
import { jwtVerify, SignJWT } from "jose";
import type { Clock, SigningKey } from "../ports.js";
import { digestOf, newId, type Random } from "./secrets.js";

/** By whom it was obtained; what is revoked there ends it too. */
export interface Grantee {
  readonly credentialId: string;
  readonly clientId: string;
  /** It ends with its credential; undefined: that never ends. */
  readonly expiresAt: number | undefined;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

export interface Granted {
  /** Of the credential that it was obtained with. */
  readonly credentialId: string;
  readonly expiresAt: number;
}

export interface AccessTokens {
  issue(to: Grantee): Promise<IssuedToken>;
  /** What one of ours says, also when it has ended; a promise unless it is known already. */
  read(token: string): Granted | Promise<Granted | undefined>;
}

export interface AccessTokenOptions {
  readonly key: SigningKey;
  readonly clock: Clock;
  readonly lifetimeMs: number;
  readonly random: Random;
}

export const SCOPE = "scim";

const ALGORITHM = "HS256";
const TYPE = "at+jwt";
/** Of tokens that are in use there are as many as clients; what is forgotten is verified again. */
const MOST_KNOWN = 1_000;

export function accessTokens({ key, clock, lifetimeMs, random }: AccessTokenOptions): AccessTokens {
  const secret = createSecretKey(key.secret, "base64url");
  // Not the public URL: processes without PUBLIC_URL have one each, and must know each other's tokens.
  const bridge = `urn:label-studio-scim-bridge:${key.id}`;
  const known = new Map<string, Granted>();

  async function verify(token: string, digest: string): Promise<Granted | undefined> {
    const verified = await jwtVerify(token, secret, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: bridge,
      audience: bridge,
      requiredClaims: ["exp", "cid"],
      // Its end is looked at each time that it is sent.
      currentDate: new Date(0),
    }).catch(() => undefined);
    const { cid, exp = 0 } = verified?.payload ?? {};
    if (typeof cid !== "string") return undefined;
    const granted = { credentialId: cid, expiresAt: exp * 1_000 };
    if (known.size >= MOST_KNOWN) known.delete(known.keys().next().value ?? "");
    known.set(digest, granted);
    return granted;
  }

  return {
    issue: async ({ credentialId, clientId, expiresAt = Infinity }) => {
      const now = clock.now();
      const expiresInSeconds = Math.floor(Math.min(lifetimeMs, expiresAt - now) / 1_000);
      const issuedAt = Math.floor(now / 1_000);
      const token = await new SignJWT({ cid: credentialId, scope: SCOPE, client_id: clientId })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid: key.id })
        .setIssuer(bridge)
        .setAudience(bridge)
        .setSubject(clientId)
        .setJti(newId(random))
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + expiresInSeconds)
        .sign(secret);
      return { token, expiresInSeconds };
    },
    read: (token) => {
      const digest = digestOf(token).toString("hex");
      return known.get(digest) ?? verify(token, digest);
    },
  };
}
