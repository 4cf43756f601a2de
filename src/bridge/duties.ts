// What the process that runs the loop does beside it; a part of the composition root.
import { randomBytes, randomUUID } from "node:crypto";
import { keepTrail } from "../audit/index.js";
import type { Config } from "../config.js";
import type { Emit } from "../events.js";
import type { Clock } from "../ports.js";
import { tellProgress, type Duty } from "../reconcile/index.js";
import { startNotices } from "../webhook/index.js";

export interface Duties {
  readonly duties: readonly Duty[];
  /** Duties hear what is emitted by it. */
  readonly emit: Emit;
  /** When Label Studio last answered a call as it should; undefined: not yet. */
  readonly okAt: () => number | undefined;
}

export function dutiesOf(
  { webhook, auditRetentionMs }: Config,
  told: Emit,
  clock: Clock,
  random: () => number,
): Duties {
  const newId = (): string => randomUUID().replaceAll("-", "");
  const notices = webhook && startNotices({ webhook, clock, emit: told, newId, random });
  let okAt: number | undefined;
  const emit: Emit = (event) => {
    told(event);
    if (event.kind === "upstream-call" && event.outcome === "ok") okAt = clock.now();
    notices?.observe(event);
  };
  const onFault = (error: unknown): void => emit({ kind: "loop-fault", error });
  const trail = {
    clock,
    onFault,
    newSalt: () => randomBytes(16).toString("hex"),
    retentionMs: auditRetentionMs,
    onHead: (head: { readonly place: number; readonly hash: string }) => emit({ kind: "audit-head", ...head }),
  };
  const tell: Duty = (store, signal) => tellProgress(store, { clock, emit }, signal);
  const keep: Duty = (store, signal) => keepTrail(store, trail, signal);
  return {
    emit,
    okAt: () => okAt,
    duties: notices ? [keep, tell, (store, signal) => notices.tell(store, signal)] : [keep, tell],
  };
}
