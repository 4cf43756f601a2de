// Where operators make, list and revoke what identity providers prove themselves with.
import { durationMs } from "../durations.js";
import { BridgeError } from "../errors.js";
import type { AuditLine, Clock, Credential, CredentialKind, Store } from "../ports.js";
import { expiryState, type ExpiryState } from "./expiry.js";
import { digestOf, newId, newSecret, type Random } from "./secrets.js";

/** Instants are ISO 8601. */
export interface ShownCredential {
  readonly id: string;
  readonly name: string;
  readonly kind: CredentialKind;
  /** RFC 6749 §2.2; undefined for a token. */
  readonly clientId: string | undefined;
  readonly createdAt: string;
  readonly lastUsedAt: string | undefined;
  /** undefined: never. */
  readonly expiresAt: string | undefined;
  /** `expiring`: within 14 days, `ending`: within one. */
  readonly state: ExpiryState;
}

export interface NewCredential extends ShownCredential {
  /** Told here and never again. */
  readonly secret: string;
}

export interface CredentialAsked {
  readonly name: string;
  readonly kind: CredentialKind;
  /** How long it lasts: `180d`, or `never` for as long as it is not revoked. */
  readonly expires: string;
}

/** Long enough not to be in the way, short enough that a forgotten one ends. */
export const USUAL_LIFETIME = "365d";

export interface CredentialDesk {
  tokens(): Promise<readonly ShownCredential[]>;
  /** INVALID_VALUE when it cannot be called so or last so long, UNIQUENESS when two of the name are live. */
  createToken(asked: CredentialAsked): Promise<NewCredential>;
  /** By id, or by name; UNIQUENESS when two are called so and not `all` are meant. Answers which have gone. */
  revokeToken(which: string, all: boolean): Promise<readonly ShownCredential[]>;
}

interface DeskOptions {
  readonly store: Pick<Store, "credentials">;
  readonly clock: Clock;
  readonly random: Random;
}

/** Names stand in logs, metrics and the audit log; a client's is its id. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
/** What others are called there. */
const TAKEN = /^(environment-\d+|workload-identity|bridge|operator|unauthenticated)$/;
const SHORTEST_MS = 60_000;
const LONGEST_MS = 10 * 365 * 86_400_000;

export function credentialDesk({ store, clock, random }: DeskOptions): CredentialDesk {
  const line = (action: string, subject: string, detail: AuditLine["detail"]): AuditLine => {
    return { at: iso(clock.now()), actor: "operator", requestId: undefined, action, subject, detail };
  };
  const shown = (credential: Credential) => show(credential, clock.now());
  return {
    tokens: async () => (await store.credentials.all()).map(shown),
    createToken: async ({ name, kind, expires }) => {
      checkName(name);
      const lifetimeMs = lifetime(expires);
      const id = newId(random);
      const secret = newSecret(id, random);
      const createdAt = clock.now();
      const expiresAt = lifetimeMs === undefined ? undefined : createdAt + lifetimeMs;
      const digest = digestOf(secret).toString("hex");
      const made = { id, kind, name, digest, createdAt, expiresAt, lastUsedAt: undefined };
      const ends = expiresAt === undefined ? null : iso(expiresAt);
      await store.credentials.add(made, line("token.create", id, { name, kind, expiresAt: ends }));
      return { ...shown(made), secret };
    },
    revokeToken: async (which, all) => {
      const meant = (await store.credentials.all()).filter(({ id, name }) => id === which || name === which);
      if (meant.length > 1 && !all) throw ambiguous(which, meant);
      const ids = meant.map(({ id }) => id);
      const names = [...new Set(meant.map(({ name }) => name))];
      const gone = await store.credentials.revoke(ids, line("token.revoke", ids[0] ?? which, { names, ids }));
      return meant.filter(({ id }) => gone.includes(id)).map(shown);
    },
  };
}

function checkName(name: string): void {
  if (!NAME.test(name))
    throw new BridgeError(
      "INVALID_VALUE",
      "A name has 1 to 63 lower-case letters, digits, dots, dashes and underscores, and begins with a letter or digit.",
    );
  if (TAKEN.test(name)) throw new BridgeError("INVALID_VALUE", `${name} is what the audit log calls somebody else.`);
}

/** undefined: for ever. */
function lifetime(expires: string): number | undefined {
  if (/^never$/i.test(expires.trim())) return undefined;
  const ms = durationMs(expires);
  if (ms >= SHORTEST_MS && ms <= LONGEST_MS) return ms;
  throw new BridgeError("INVALID_VALUE", "It lasts from 1m to 3650d, such as 180d, or never ends: never.");
}

const ambiguous = (which: string, meant: readonly Credential[]): BridgeError =>
  new BridgeError(
    "UNIQUENESS",
    `${meant.length} are called ${which}: say which id (${meant.map(({ id }) => id).join(", ")}), or that all are meant.`,
  );

const iso = (instant: number): string => new Date(instant).toISOString();
const isoOrNone = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : iso(instant);

const show = ({ id, name, kind, createdAt, lastUsedAt, expiresAt }: Credential, now: number) => ({
  ...{ id, name, kind },
  clientId: kind === "client" ? name : undefined,
  createdAt: iso(createdAt),
  lastUsedAt: isoOrNone(lastUsedAt),
  expiresAt: isoOrNone(expiresAt),
  state: expiryState(expiresAt, now),
});
