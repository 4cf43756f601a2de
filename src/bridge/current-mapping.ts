// The mapping in force. Replicas may be started with different files: the newest proposal is everybody's, once.
import { mappingDigest, parseMapping, type Mapping } from "../mapping/index.js";
import type { Clock, Store } from "../ports.js";

const PROPOSAL = "mapping.proposal";
/** How soon a process takes over what another one has proposed. */
const LOOK_MS = 2_000;

export interface CurrentMapping {
  readonly get: () => Mapping;
  /** When it was last seen to be the newest proposal, in milliseconds since the epoch. */
  readonly seenAt: () => number;
  /** A file that was read at the start, or has changed since. */
  readonly propose: (mapping: Mapping) => Promise<void>;
  /** Resolves when the signal aborts. */
  follow(signal: AbortSignal): Promise<void>;
}

/** As the last process to start, or to see its file changed, has left it; undefined: none has, or it is not understood. */
export async function mappingInForce({ recall }: Pick<Store, "recall">, known?: Mapping): Promise<Mapping | undefined> {
  const text = await recall(PROPOSAL);
  if (text === undefined || text === known?.text) return known;
  const parsed = parseMapping(text);
  // A newer version of the bridge may have written what this one does not understand.
  return parsed.kind === "mapping" ? parsed.mapping : undefined;
}

interface Options {
  readonly store: Pick<Store, "recall" | "remember">;
  readonly clock: Clock;
  readonly onChange: (mapping: Mapping) => void;
  readonly onFault: (error: unknown) => void;
}

export async function currentMapping(first: Mapping, options: Options): Promise<CurrentMapping> {
  const { store, clock, onChange, onFault } = options;
  let current = first;
  let digest = mappingDigest(first);
  let seenAt = clock.now();

  function take(mapping: Mapping): void {
    current = mapping;
    digest = mappingDigest(mapping);
    onChange(mapping);
  }

  async function look(): Promise<void> {
    const askedAt = clock.now();
    const proposal = await mappingInForce(store, current);
    if (proposal === undefined) return;
    if (mappingDigest(proposal) !== digest) take(proposal);
    seenAt = askedAt;
  }

  if ((await store.recall(PROPOSAL)) !== first.text) await store.remember(PROPOSAL, first.text);
  return {
    get: () => current,
    seenAt: () => seenAt,
    propose: async (mapping) => {
      await store.remember(PROPOSAL, mapping.text);
      if (mappingDigest(mapping) !== digest) take(mapping);
    },
    follow: async (signal) => {
      while (!signal.aborted) {
        await clock.sleep(LOOK_MS, signal);
        if (!signal.aborted) await look().catch(onFault);
      }
    },
  };
}
