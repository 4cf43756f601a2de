import { Gauge, type Registry } from "prom-client";
import type { PeopleCounts } from "../ports.js";

/** What is counted when somebody asks, and not when it happens. */
export interface Snapshot {
  /** undefined: the store does not answer. */
  readonly stored: Stored | undefined;
  readonly pace: { readonly perSecond: number; readonly limit: number; readonly waiting: number };
  /** How long nothing has been heard of the loop; undefined: another process runs it. */
  readonly loopSilentSeconds: number | undefined;
  readonly ready: boolean;
}

interface Stored {
  readonly people: PeopleCounts;
  /** People held, by the whole reason. */
  readonly held: readonly { readonly reason: string; readonly people: number }[];
  readonly seats: { readonly used: number | undefined; readonly limit: number | undefined; readonly waiting: number };
  /** How long the oldest record of the audit log has waited for its place in the chain. */
  readonly unchainedSeconds: number;
}

const STATES = ["converged", "pending", "held", "failing"] as const;

/** The part of a reason that names no person and no number. */
const KIND = /^(protected|seats|safety\.[A-Za-z]+|BRIDGE_MODE)\b/;
const kindOf = (reason: string): string => KIND.exec(reason)?.[1] ?? "other";

export function gauges(registers: Registry[]): (snapshot: Snapshot) => void {
  const setStored = storedGauges(registers);
  const one = (name: string, help: string) => new Gauge({ name: `scim_bridge_${name}`, help, registers });
  const pace = new Gauge({
    name: "scim_bridge_pace_per_second",
    help: "Calls a second to Label Studio: allowed now, and the limit; 0 for no limit",
    labelNames: ["kind"],
    registers,
  });
  const waiting = one("pace_waiting_calls", "Calls that wait for their turn in the pace");
  const silent = one(
    "loop_silent_seconds",
    "How long nothing has been heard of the loop; 0 where another process runs it",
  );
  const ready = one("ready", "1 when /readyz answers 200");
  return (now) => {
    setStored(now.stored);
    pace.set({ kind: "allowed" }, now.pace.perSecond);
    pace.set({ kind: "limit" }, now.pace.limit);
    waiting.set(now.pace.waiting);
    silent.set(now.loopSilentSeconds ?? 0);
    ready.set(now.ready ? 1 : 0);
  };
}

/** Left out while the store does not answer: what was counted before is nobody's number. */
function storedGauges(registers: Registry[]): (stored: Stored | undefined) => void {
  const one = (name: string, help: string) => new Gauge({ name: `scim_bridge_${name}`, help, registers });
  const by = <Label extends string>(label: Label, name: string, help: string) =>
    new Gauge({ name: `scim_bridge_${name}`, help, labelNames: [label], registers });
  const people = by("state", "people", "People by state; everybody is in exactly one");
  const warned = one("warned_people", "People with a warning; they are in one of the states beside it");
  const oldest = one("oldest_pending_seconds", "How long the person who has been pending longest has waited");
  const held = by("reason", "held_people", "People held, by the kind of reason");
  const seats = by("kind", "seats", "Licensed seats: limit and used as Label Studio last told, people waiting for one");
  const unchained = one("audit_unchained_seconds", "How long the oldest record has waited for its place in the chain");
  return (stored) => {
    for (const each of [people, held, seats]) each.reset();
    for (const each of [warned, oldest, unchained]) each.remove();
    if (stored === undefined) return;
    for (const state of STATES) people.set({ state }, stored.people[state]);
    warned.set(stored.people.warnings);
    oldest.set(stored.people.oldestPendingSeconds);
    for (const { reason, people: many } of stored.held) held.inc({ reason: kindOf(reason) }, many);
    for (const kind of ["limit", "used", "waiting"] as const) {
      const value = stored.seats[kind];
      if (value !== undefined) seats.set({ kind }, value);
    }
    unchained.set(stored.unchainedSeconds);
  };
}
