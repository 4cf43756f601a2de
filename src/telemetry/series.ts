import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { BridgeEvent } from "../events.js";
import { gauges, type Snapshot } from "./gauges.js";

export type TakeSnapshot = () => Promise<Snapshot>;

/** From a quick lookup to a call that waits for the pace. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** From at once to what has to wait until Label Studio is there again. */
const UNTIL_DONE_SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600];

type OfKind<Kind extends BridgeEvent["kind"]> = Extract<BridgeEvent, { kind: Kind }>;

/** What an event of each kind counts; kinds without an entry count nothing. */
type Counting = { readonly [Kind in BridgeEvent["kind"]]?: (event: OfKind<Kind>) => void };

function calls(registers: Registry[]): Counting {
  const requests = new Histogram({
    name: "scim_bridge_requests_seconds",
    help: "SCIM requests by method, route and status",
    labelNames: ["method", "route", "status"],
    buckets: SECONDS,
    registers,
  });
  const upstream = new Histogram({
    name: "scim_bridge_upstream_calls_seconds",
    help: "Calls to Label Studio by call and outcome",
    labelNames: ["call", "outcome"],
    buckets: SECONDS,
    registers,
  });
  return {
    "scim-request": ({ method, route, status, durationMs }) =>
      requests.observe({ method, route, status: String(status) }, durationMs / 1000),
    "upstream-call": ({ call, outcome, durationMs }) => upstream.observe({ call, outcome }, durationMs / 1000),
  };
}

function changes(registers: Registry[]): Counting {
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `scim_bridge_${name}`, help, labelNames, registers });
  const applied = counter("operations_total", "Operations carried out at Label Studio", "operation");
  const failed = counter(
    "operations_failed_total",
    "Operations that Label Studio refused, or that were lost",
    "operation",
    "code",
  );
  const drift = counter("drift_total", "Roles changed at Label Studio and left so, by who changed them", "source");
  const faults = counter("faults_total", "Faults of the bridge itself, which the log has", "part");
  const notices = counter(
    "notices_total",
    "Messages to the webhook by kind: delivered, or not taken",
    "type",
    "outcome",
  );
  const ended = new Histogram({
    name: "scim_bridge_deactivation_seconds",
    help: "From the commit of a deactivation or deletion to Label Studio's answer",
    labelNames: ["operation"],
    buckets: UNTIL_DONE_SECONDS,
    registers,
  });
  for (const part of ["loop", "scim"]) faults.inc({ part }, 0);
  return {
    applied: ({ operation, sinceAskedMs }) => {
      applied.inc({ operation });
      if (sinceAskedMs !== undefined) ended.observe({ operation }, sinceAskedMs / 1000);
    },
    "not-applied": ({ operation, code }) => failed.inc({ operation, code }),
    drift: ({ source }) => drift.inc({ source }),
    notice: ({ type, ok }) => notices.inc({ type, outcome: ok ? "delivered" : "failed" }),
    "loop-fault": () => faults.inc({ part: "loop" }),
    "scim-fault": () => faults.inc({ part: "scim" }),
  };
}

function standing(registers: Registry[]): Counting {
  const upstream = new Gauge({
    name: "scim_bridge_upstream_ok",
    help: "1 when Label Studio took the key at the last check; 0 too where another process asks",
    registers,
  });
  const lease = new Gauge({ name: "scim_bridge_loop_lease", help: "1 where this process runs the loop", registers });
  return {
    "upstream-checked": ({ ok }) => upstream.set(ok ? 1 : 0),
    "loop-lease": ({ held }) => {
      lease.set(held ? 1 : 0);
      if (!held) upstream.set(0);
    },
  };
}

function credentials(registers: Registry[]): Counting {
  const expiry = new Gauge({
    name: "scim_bridge_token_expiry_timestamp_seconds",
    help: "When a managed token or a client's secret expires; those that never do are left out",
    labelNames: ["name", "kind", "id"],
    registers,
  });
  const requests = new Counter({
    name: "scim_bridge_oauth_requests_total",
    help: "Requests for access tokens by outcome: issued, or the error code",
    labelNames: ["outcome"],
    registers,
  });
  const refused = new Counter({
    name: "scim_bridge_operator_refusals_total",
    help: "Wrong tokens at /admin",
    registers,
  });
  return {
    "operator-refused": () => refused.inc(),
    "token-request": ({ outcome }) => requests.inc({ outcome }),
    credentials: ({ credentials: known }) => {
      expiry.reset();
      for (const { expiresAt, ...labels } of known) if (expiresAt !== undefined) expiry.set(labels, expiresAt / 1_000);
    },
  };
}

export function series() {
  const registry = new Registry();
  const registers = [registry];
  const counting = [calls(registers), changes(registers), standing(registers), credentials(registers)];
  const setGauges = gauges(registers);
  const count = <Kind extends BridgeEvent["kind"]>(event: OfKind<Kind>): void => {
    for (const each of counting) each[event.kind]?.(event);
  };
  return {
    contentType: registry.contentType,
    count,
    text: async (take: TakeSnapshot): Promise<string> => {
      setGauges(await take());
      return registry.metrics();
    },
  };
}
