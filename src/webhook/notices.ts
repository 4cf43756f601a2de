import { isDeepStrictEqual } from "node:util";
import type { BridgeEvent, Emit } from "../events.js";
import type { Clock, Store } from "../ports.js";
import { delivery, type Delivery, type Message, type WebhookSettings } from "./deliver.js";
import { CALM, heard, NOTICE_TYPES, type NoticeType, type Situation } from "./situation.js";

export type { WebhookSettings };

export interface NoticesOptions {
  readonly webhook: WebhookSettings;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly newId: () => string;
  /** 0 ≤ n < 1, for jitter. */
  readonly random: () => number;
}

export interface Notices {
  observe(event: BridgeEvent): void;
  /** Until the signal aborts; for the process that runs the loop. */
  tell(store: Store, signal: AbortSignal): Promise<void>;
}

const LOOK_MS = 2_000;
/** At most one message of a kind in so long; it says how things are by then. */
const BETWEEN_MS = 60_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 300_000;
/** What was told last, by whichever process: a restart tells nothing twice, and nothing is missed by it. */
const TOLD = "webhook.told";

interface Line {
  notBefore: number;
  failures: number;
  /** Sent, and not taken yet. */
  message: (Message & { readonly about: unknown }) | undefined;
}

export function startNotices(options: NoticesOptions): Notices {
  const { clock, emit, webhook } = options;
  const ears = heard();
  return {
    observe: ears.observe,
    tell: async (store, signal) => {
      const post = delivery(webhook, clock);
      const lines = new Map(NOTICE_TYPES.map((type) => [type, { notBefore: 0, failures: 0, message: undefined }]));
      while (!signal.aborted) {
        try {
          const now = await ears.look(store);
          for (const [type, line] of lines)
            if (!signal.aborted) await tellOne(options, { store, post, now, type, line, signal });
        } catch (error) {
          emit({ kind: "loop-fault", error });
        }
        await clock.sleep(LOOK_MS, signal);
      }
      await post.close();
    },
  };
}

interface Telling {
  readonly store: Store;
  readonly post: Delivery;
  readonly now: Situation;
  readonly type: NoticeType;
  readonly line: Line;
  readonly signal: AbortSignal;
}

/** Only the newest of a kind waits for a receiver that is not there: what has passed meanwhile is no news. */
async function tellOne({ clock, emit, newId, random }: NoticesOptions, telling: Telling): Promise<void> {
  const { store, post, type, line, signal } = telling;
  const about = telling.now[type];
  if (about === undefined || clock.now() < line.notBefore) return;
  const told = await recall(store);
  if (isDeepStrictEqual(told[type], about)) {
    line.message = undefined;
    return;
  }
  if (!line.message || !isDeepStrictEqual(line.message.about, about)) {
    const timestamp = new Date(clock.now()).toISOString();
    const body = JSON.stringify({ type: `bridge.${type}`, timestamp, data: about });
    line.message = { id: `msg_${newId()}`, body, about };
  }
  const { ok, answer } = await post.send(line.message, signal);
  // Not known to have failed: whoever works next tells it.
  if (!ok && signal.aborted) return;
  line.failures = ok ? 0 : line.failures + 1;
  const retryMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(20, line.failures - 1));
  line.notBefore = clock.now() + (ok ? BETWEEN_MS : Math.round(retryMs * (1 - 0.2 * random())));
  emit({ kind: "notice", type, ok, answer, failures: line.failures });
  if (!ok) return;
  line.message = undefined;
  await store.remember(TOLD, JSON.stringify({ ...told, [type]: about }));
}

async function recall(store: Store): Promise<Situation> {
  const text = await store.recall(TOLD);
  return text === undefined ? CALM : { ...CALM, ...(JSON.parse(text) as Partial<Situation>) };
}
