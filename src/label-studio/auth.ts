import { BridgeError, hasCode } from "../errors.js";
import type { Clock, Principal } from "../ports.js";
import { asObject } from "./wire.js";

// Renew this long before the end, so that a token does not die while its request waits for a slot or is on the way.
const LONGEST_SKEW_MS = 30_000;
const SKEW_SHARE = 0.1;
/** Where the server issues tokens that do not say when they end; a 401 renews them anyway. */
const ASSUMED_LIFE_MS = 300_000;

interface Access {
  readonly token: string;
  readonly renewAt: number;
}

/** `POST /api/token/refresh/`: answers the body. */
type Refresh = (body: { readonly refresh: string }) => Promise<unknown>;

/** Label Studio's keys have 40 characters and more; what is shorter occurs in ordinary words. */
const SHORTEST_SECRET = 8;

/** Turns the configured key into the Authorization header (contract 1.1, 1.2). One renewal at a time. */
export class Auth {
  readonly keyKind: Principal["keyKind"];
  readonly #key: string;
  readonly #clock: Clock;
  readonly #refresh: Refresh;
  #access: Access | undefined;
  #renewal: Promise<void> | undefined;

  constructor(apiKey: string, clock: Clock, refresh: Refresh) {
    this.#key = apiKey.trim();
    this.keyKind = claims(this.#key) === undefined ? "legacy token" : "personal access token";
    this.#clock = clock;
    this.#refresh = refresh;
  }

  /** The header to send now; call `ready` first. */
  header(): string {
    return this.#access === undefined ? `Token ${this.#key}` : `Bearer ${this.#access.token}`;
  }

  async ready(): Promise<void> {
    if (this.keyKind === "legacy token") return;
    if (this.#access === undefined || this.#clock.now() >= this.#access.renewAt) await this.#renew();
  }

  /** After a 401 on `usedHeader`: true when there is a newer one worth a second try. */
  async renewed(usedHeader: string): Promise<boolean> {
    if (this.keyKind === "legacy token") return false;
    if (this.header() === usedHeader) await this.#renew();
    return true;
  }

  /** The vendor's words may quote what was sent. */
  redact(words: string): string {
    return [this.#key, this.#access?.token ?? ""]
      .filter((secret) => secret.length >= SHORTEST_SECRET)
      .reduce((text, secret) => text.replaceAll(secret, "[secret]"), words);
  }

  #renew(): Promise<void> {
    this.#renewal ??= this.#fetchAccess().finally(() => (this.#renewal = undefined));
    return this.#renewal;
  }

  async #fetchAccess(): Promise<void> {
    const token = asObject(await this.#refresh({ refresh: this.#key }).catch(rethrowAsKeyProblem))?.["access"];
    if (typeof token !== "string" || token === "") {
      throw new BridgeError("TARGET_UNAVAILABLE", "token.refresh: Label Studio answered without an access token");
    }
    this.#access = { token, renewAt: this.#clock.now() + usableMs(token, this.#clock.now()) };
  }
}

/** Only a 401 says that the key is dead; anything else says nothing about it. */
function rethrowAsKeyProblem(error: unknown): never {
  if (!hasCode(error, "TARGET_REFUSED")) throw error;
  throw new BridgeError("TARGET_UNAVAILABLE", error.message, { cause: error });
}

/** `exp - iat` rather than `exp - now`: right even when the two machines disagree about the time. */
function usableMs(token: string, now: number): number {
  const { exp, iat } = claims(token) ?? {};
  if (typeof exp !== "number") return ASSUMED_LIFE_MS;
  const lifeMs = exp * 1_000 - (typeof iat === "number" ? iat * 1_000 : now);
  return lifeMs - Math.min(LONGEST_SKEW_MS, lifeMs * SKEW_SHARE);
}

/** A key that decodes as a JWT is a personal access token, any other a legacy token (contract 1.2). */
function claims(token: string): Readonly<Record<string, unknown>> | undefined {
  const [, payload, signature, ...rest] = token.split(".");
  if (payload === undefined || signature === undefined || rest.length > 0) return undefined;
  try {
    return asObject(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  } catch {
    return undefined;
  }
}
