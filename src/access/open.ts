import type { RequestHandler } from "express";
import { BridgeError } from "../errors.js";
import { accessTokens } from "./access-tokens.js";
import { Attempts } from "./attempts.js";
import { federation, WORKLOAD_IDENTITY, type WorkloadIdentity } from "./federation.js";
import { fixedTokens, type FixedToken } from "./fixed.js";
import { gate, type Sender } from "./gate.js";
import { Keyring, type KeyringOptions } from "./keyring.js";
import { newId, type Random } from "./secrets.js";
import { tokenEndpoint } from "./token-endpoint.js";

export interface AccessOptions extends KeyringOptions {
  readonly random: Random;
  readonly settings: {
    readonly scimTokens: readonly FixedToken[];
    readonly workloadIdentity: WorkloadIdentity | undefined;
    readonly oauthTokenLifetimeMs: number;
  };
}

export interface Access {
  /** STORE_UNAVAILABLE when it cannot be told which ones are revoked. */
  identify(token: string): Sender | Promise<Sender>;
  /** Counts what was refused to this address; 0, or for how many milliseconds it has had its share. */
  refuse(address: string | undefined): number;
  /** `/oauth/token`. */
  readonly tokenEndpoint: RequestHandler;
  /** Takes over what others create and revoke, until the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
}

const KEY_BYTES = 32;

/** CONFIG_INVALID when nobody could ever come in. */
export async function openAccess(options: AccessOptions): Promise<Access> {
  const { store, clock, random } = options;
  const { scimTokens, workloadIdentity, oauthTokenLifetimeMs: lifetimeMs } = options.settings;
  const keyring = new Keyring(options);
  await keyring.refresh();
  if (scimTokens.length === 0 && workloadIdentity === undefined && keyring.size === 0) throw nobody();
  const proposed = { id: newId(random), secret: random(KEY_BYTES).toString("base64url") };
  const key = await store.credentials.signingKey(proposed, clock.now());
  const tokens = accessTokens({ key, clock, lifetimeMs, random });
  const attempts = new Attempts(clock);
  const federated = workloadIdentity && federation(workloadIdentity, clock);
  const grantee = (credentialId: string): string | undefined =>
    credentialId === federated?.credentialId ? WORKLOAD_IDENTITY : keyring.live(credentialId)?.name;
  return {
    identify: gate({ fixed: fixedTokens(scimTokens), keyring, accessTokens: tokens, clock, grantee }),
    refuse: (address) => attempts.failed(address),
    tokenEndpoint: tokenEndpoint({ keyring, tokens, federated, attempts, clock, emit: options.emit }),
    follow: (signal) => keyring.follow(signal),
  };
}

const nobody = (): BridgeError =>
  new BridgeError(
    "CONFIG_INVALID",
    "There is no SCIM token, neither in SCIM_BEARER_TOKEN nor in the store, and no WIF_TENANT_ID: no identity provider " +
      "could connect. Make one with `token create --name <name>`, or set SCIM_BEARER_TOKEN.",
  );
