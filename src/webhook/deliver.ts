import { createHmac } from "node:crypto";
import { Agent, request } from "undici";
import type { Clock } from "../ports.js";

export interface WebhookSettings {
  readonly url: string;
  /** What signs, in bytes. */
  readonly key: Buffer;
}

export interface Message {
  /** The same each time that it is sent: the receiver can tell a repetition. */
  readonly id: string;
  readonly body: string;
}

const TIMEOUT_MS = 10_000;

export interface Delivery {
  /**
   * The status, or the code of a network fault. Redirects are not followed: only the address that was configured is asked.
   * Whoever takes long is not waited for once the signal aborts: the process has to end.
   */
  send(message: Message, signal: AbortSignal): Promise<{ readonly ok: boolean; readonly answer: string }>;
  close(): Promise<void>;
}

/** Signed as in standard-webhooks (github.com/standard-webhooks/standard-webhooks, spec, "Signature scheme"). */
export function delivery({ url, key }: WebhookSettings, clock: Clock): Delivery {
  const dispatcher = new Agent({ connections: 1, connect: { timeout: TIMEOUT_MS } });
  return {
    send: async ({ id, body }, signal) => {
      const timestamp = String(Math.floor(clock.now() / 1_000));
      const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
      const late = new AbortController();
      const done = new AbortController();
      void clock.sleep(TIMEOUT_MS, done.signal).then(() => late.abort("late"));
      const over = AbortSignal.any([late.signal, signal]);
      try {
        const { statusCode, body: answered } = await request(url, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            "user-agent": "label-studio-scim-bridge",
            "webhook-id": id,
            "webhook-timestamp": timestamp,
            "webhook-signature": `v1,${signature}`,
          },
          body,
          dispatcher,
          signal: over,
        });
        await answered.dump({ limit: 65_536, signal: over }).catch(() => undefined);
        return { ok: statusCode >= 200 && statusCode < 300, answer: String(statusCode) };
      } catch (error) {
        const { code } = error as { readonly code?: unknown };
        return { ok: false, answer: typeof code === "string" ? code : "no answer" };
      } finally {
        done.abort("done");
      }
    },
    close: () => dispatcher.destroy(),
  };
}
