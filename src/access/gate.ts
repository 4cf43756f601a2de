import type { AccessTokens } from "./access-tokens.js";
import type { Keyring } from "./keyring.js";
import { idIn, isDigestOf, isManaged } from "./secrets.js";

export interface GateOptions {
  readonly fixed: (sent: string) => string | undefined;
  readonly keyring: Keyring;
  readonly accessTokens: AccessTokens;
  /** Whose credential this is, while it is live. */
  readonly grantee: (credentialId: string) => string | undefined;
}

/** Whose token was sent; a promise only where a signature has to be verified first. */
export function gate({ fixed, keyring, accessTokens, grantee }: GateOptions) {
  const managed = (sent: string): string | undefined => {
    const id = idIn(sent);
    const credential = id === undefined ? undefined : keyring.live(id);
    if (credential?.kind !== "token" || !isDigestOf(credential.digestBytes, sent)) return undefined;
    keyring.used(credential.id);
    return credential.name;
  };
  const granted = (credentialId: string | undefined): string | undefined => {
    const name = credentialId === undefined ? undefined : grantee(credentialId);
    if (credentialId !== undefined && name !== undefined) keyring.used(credentialId);
    return name;
  };
  return (sent: string): string | undefined | Promise<string | undefined> => {
    // Settings hold none of these: config.ts refuses them.
    if (isManaged(sent)) return managed(sent);
    const name = fixed(sent);
    if (name !== undefined || !isJwt(sent)) return name;
    const credentialId = accessTokens.credentialOf(sent);
    return credentialId instanceof Promise ? credentialId.then(granted) : granted(credentialId);
  };
}

const isJwt = (text: string): boolean => text.split(".", 4).length === 3;
