// The credentials that are live, in memory: no request asks the store whether its token is still good.
import { BridgeError } from "../errors.js";
import type { Emit } from "../events.js";
import type { Clock, Credential, Store } from "../ports.js";
import { expiryState, type ExpiryState } from "./expiry.js";

/** How soon a revoked token is refused, by every process on the store. */
const LOOK_MS = 2_000;
/** With a store that cannot be read nobody knows what was revoked meanwhile: after this nobody is let in by what was. */
const OUTDATED_MS = 60_000;
/** When something was last used is not worth a write for each request. */
const NOTE_MS = 60_000;
const LAST_NOTE_MS = 1_000;

export interface Live extends Credential {
  readonly digestBytes: Buffer;
}

export interface KeyringOptions {
  readonly store: Pick<Store, "credentials">;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly onFault: (error: unknown) => void;
}

export class Keyring {
  readonly #options: KeyringOptions;
  readonly #told = new Map<string, ExpiryState>();
  #known: ReadonlyMap<string, Live> = new Map();
  #readAt = -Infinity;
  #uses = new Map<string, number>();
  #notedAt = -Infinity;

  constructor(options: KeyringOptions) {
    this.#options = options;
  }

  /** Also the expired ones. */
  get size(): number {
    return this.#known.size;
  }

  /** undefined: revoked, expired or never made. STORE_UNAVAILABLE when that cannot be told. */
  live(id: string): Live | undefined {
    const now = this.#options.clock.now();
    if (now - this.#readAt > OUTDATED_MS) throw outdated();
    const credential = this.#known.get(id);
    return expiryState(credential?.expiresAt, now) === "expired" ? undefined : credential;
  }

  /** Noted with the next look. */
  used(id: string): void {
    if (this.#known.has(id)) this.#uses.set(id, this.#options.clock.now());
  }

  async refresh(): Promise<void> {
    const { store, clock } = this.#options;
    // What is read is as old as the question.
    const askedAt = clock.now();
    const credentials = await store.credentials.all();
    const before = idsOf([...this.#known.values()]);
    this.#known = new Map(
      credentials.map((each) => [each.id, { ...each, digestBytes: Buffer.from(each.digest, "hex") }]),
    );
    this.#readAt = askedAt;
    if (idsOf(credentials) !== before) this.#tellOf(credentials);
    for (const each of credentials) this.#warnOf(each);
  }

  /** Resolves when the signal aborts and the last uses are noted. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock, onFault } = this.#options;
    while (!signal.aborted) {
      await clock.sleep(LOOK_MS, signal);
      const isOver = signal.aborted;
      if (!isOver) await this.refresh().catch(onFault);
      if (isOver) await this.#noteLastUses();
      else if (clock.now() - this.#notedAt >= NOTE_MS) await this.#noteUses().catch(onFault);
    }
  }

  /** A store that does not answer must not keep the process from ending. */
  async #noteLastUses(): Promise<void> {
    const { clock, onFault } = this.#options;
    const noted = new AbortController();
    const noting = this.#noteUses()
      .catch(onFault)
      .finally(() => noted.abort());
    await Promise.race([noting, clock.sleep(LAST_NOTE_MS, noted.signal)]);
  }

  async #noteUses(): Promise<void> {
    if (this.#uses.size === 0) return;
    const uses = this.#uses;
    this.#uses = new Map();
    try {
      await this.#options.store.credentials.noteUses(uses);
      this.#notedAt = this.#options.clock.now();
    } catch (error) {
      // For the next time, unless they have been used again meanwhile.
      this.#uses = new Map([...uses, ...this.#uses]);
      throw error;
    }
  }

  #tellOf(credentials: readonly Credential[]): void {
    this.#options.emit({
      kind: "credentials",
      credentials: credentials.map(({ id, kind, name, expiresAt }) => ({ id, kind, name, expiresAt })),
    });
    for (const id of this.#told.keys()) if (!this.#known.has(id)) this.#told.delete(id);
  }

  #warnOf({ id, kind, name, expiresAt }: Credential): void {
    const state = expiryState(expiresAt, this.#options.clock.now());
    if (expiresAt === undefined || state === (this.#told.get(id) ?? "live")) return;
    this.#told.set(id, state);
    if (state !== "live")
      this.#options.emit({ kind: "credential-expiry", id, credential: kind, name, state, expiresAt });
  }
}

const idsOf = (credentials: readonly Credential[]): string => credentials.map(({ id }) => id).join();

const outdated = (): BridgeError =>
  new BridgeError("STORE_UNAVAILABLE", `The store has not told for ${OUTDATED_MS} ms which tokens are revoked.`);
