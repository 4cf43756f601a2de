import type { Clock } from "../ports.js";
import type { AccessTokens, Granted } from "./access-tokens.js";
import type { Keyring } from "./keyring.js";
import { idIn, isDigestOf, isManaged } from "./secrets.js";

/** Whose token was sent; undefined: nobody's. */
export type Sender = string | Ended | undefined;

/** An access token of ours that has ended: no guess, and whoever is told so gets another. */
export interface Ended {
  readonly kind: "ended";
}

const ENDED: Ended = { kind: "ended" };

export interface GateOptions {
  readonly fixed: (sent: string) => string | undefined;
  readonly keyring: Keyring;
  readonly accessTokens: AccessTokens;
  readonly clock: Clock;
  /** Whose credential this is, while it is live. */
  readonly grantee: (credentialId: string) => string | undefined;
}

/** A promise only where a signature has to be verified first. */
export function gate({ fixed, keyring, accessTokens, clock, grantee }: GateOptions) {
  const managed = (sent: string): Sender => {
    const id = idIn(sent);
    const credential = id === undefined ? undefined : keyring.live(id);
    if (credential?.kind !== "token" || !isDigestOf(credential.digestBytes, sent)) return undefined;
    keyring.used(credential.id);
    return credential.name;
  };
  const granted = (grant: Granted | undefined): Sender => {
    if (grant === undefined) return undefined;
    const name = grant.expiresAt > clock.now() ? grantee(grant.credentialId) : undefined;
    if (name === undefined) return ENDED;
    keyring.used(grant.credentialId);
    return name;
  };
  return (sent: string): Sender | Promise<Sender> => {
    // Settings hold none of these: config.ts refuses them.
    if (isManaged(sent)) return managed(sent);
    const name = fixed(sent);
    if (name !== undefined || !isJwt(sent)) return name;
    const read = accessTokens.read(sent);
    return read instanceof Promise ? read.then(granted) : granted(read);
  };
}

const isJwt = (text: string): boolean => text.split(".", 4).length === 3;
