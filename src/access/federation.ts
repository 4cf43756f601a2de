// Workload identity federation: a JWT that the identity provider's own platform has signed stands for a client's secret
// (RFC 7523 §2.2; learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups).
import { createRemoteJWKSet, customFetch, errors, jwtVerify } from "jose";
import { BridgeError } from "../errors.js";
import type { Clock } from "../ports.js";
import { digestOf } from "./secrets.js";

/** What an assertion has to say. */
export interface WorkloadIdentity {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  /** Where the issuer's keys are. */
  readonly jwksUrl: string;
}

export type Verdict =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly reason: string }
  /** Nobody can tell at the moment. */
  | { readonly kind: "unavailable"; readonly reason: string };

export interface Federation {
  /** Stands for the settings: what was granted under others ends with them. */
  readonly credentialId: string;
  readonly subject: string;
  judge(assertion: string): Promise<Verdict>;
}

/** What logs and audit lines call it. */
export const WORKLOAD_IDENTITY = "workload-identity";

const TIMEOUT_MS = 5_000;
/** After a failure nobody is asked for so long, lest strangers have the bridge ask as often as they like. */
const PAUSE_MS = 5_000;
/** A key that is not known is asked for at most so often. */
const COOLDOWN_MS = 30_000;
const KEYS_LAST_MS = 3_600_000;
/** Those of Entra ID have some tens of KiB. */
const LARGEST_SET = 1024 * 1024;
/** Two machines' clocks. */
const TOLERANCE_SECONDS = 60;

export function federation(identity: WorkloadIdentity, clock: Clock): Federation {
  const keys = createRemoteJWKSet(new URL(identity.jwksUrl), {
    timeoutDuration: TIMEOUT_MS,
    cooldownDuration: COOLDOWN_MS,
    cacheMaxAge: KEYS_LAST_MS,
    [customFetch]: pausing(clock),
  });
  const { issuer, audience, subject } = identity;
  return {
    credentialId: `wif-${digestOf(JSON.stringify(identity)).toString("hex")}`,
    subject,
    judge: async (assertion) => {
      try {
        await jwtVerify(assertion, keys, {
          // No other: with a symmetric one the published key itself would be the secret (RFC 8725 §3.1).
          algorithms: ["RS256"],
          ...{ issuer, audience, subject },
          requiredClaims: ["exp", "iss", "aud", "sub"],
          clockTolerance: TOLERANCE_SECONDS,
          currentDate: new Date(clock.now()),
        });
        return { kind: "accepted" };
      } catch (error) {
        return verdictOn(error, identity);
      }
    },
  };
}

/** Of a set of keys that cannot be had. */
function pausing(clock: Clock) {
  let failedAt = -Infinity;
  return async (...asked: Parameters<typeof fetch>): Promise<Response> => {
    const sinceMs = clock.now() - failedAt;
    if (sinceMs >= 0 && sinceMs < PAUSE_MS) throw new BridgeError("TARGET_UNAVAILABLE", "It failed a moment ago.");
    try {
      const response = await fetch(...asked);
      // Read here: an answer that holds no keys is a failure like any other.
      const text = await bounded(response);
      failedAt = response.status === 200 && holdsKeys(text) ? -Infinity : clock.now();
      return new Response(text, { status: response.status });
    } catch (error) {
      failedAt = clock.now();
      throw error;
    }
  };
}

function holdsKeys(text: string): boolean {
  const set = JSON.parse(text) as { readonly keys?: unknown } | null;
  return Array.isArray(set?.keys);
}

async function bounded({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (bytes > LARGEST_SET)
      throw new BridgeError("TARGET_UNAVAILABLE", `The keys have more than ${LARGEST_SET} bytes.`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Everything else that is thrown is about the keys, not about the assertion. */
const REFUSED: Readonly<Record<string, string>> = {
  [errors.JWTExpired.code]: "it has expired",
  [errors.JOSEAlgNotAllowed.code]: "it is not signed with RS256",
  [errors.JOSENotSupported.code]: "it is not signed with RS256",
  [errors.JWSInvalid.code]: "it is no signed JWT",
  [errors.JWTInvalid.code]: "it is no JWT with claims",
  [errors.JWKSNoMatchingKey.code]: "the issuer has no such key",
  [errors.JWKSMultipleMatchingKeys.code]: "it does not say which of the issuer's keys has signed it",
  [errors.JWSSignatureVerificationFailed.code]: "its signature is not the issuer's",
};

const SETTINGS: Readonly<Record<string, string>> = {
  iss: "WIF_TENANT_ID and WIF_ISSUER",
  aud: "WIF_AUDIENCE",
  sub: "WIF_SUBJECT",
};

function verdictOn(error: unknown, { jwksUrl }: WorkloadIdentity): Verdict {
  if (error instanceof errors.JWTClaimValidationFailed) {
    const setting = SETTINGS[error.claim];
    const hint = setting === undefined ? "" : `; compare it with ${setting}`;
    return { kind: "refused", reason: `its claim ${error.claim} is missing or not the one expected${hint}` };
  }
  const reason = error instanceof errors.JOSEError ? REFUSED[error.code] : undefined;
  if (reason !== undefined) return { kind: "refused", reason };
  // Without whatever else an address can hold: strangers are told this.
  const { origin, pathname } = new URL(jwksUrl);
  return { kind: "unavailable", reason: `the issuer's keys cannot be had from ${origin}${pathname}` };
}
