import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { BridgeEvent } from "../events.js";
import type { PeopleCounts } from "../ports.js";

export type PeopleGauge = () => Promise<PeopleCounts>;

/** From a quick lookup to a call that waits for the pace. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

const STATES = ["converged", "pending", "held", "failing"] as const;

const changes = (registers: Registry[]) => ({
  applied: new Counter({
    name: "scim_bridge_operations_total",
    help: "Operations carried out at Label Studio",
    labelNames: ["operation"],
    registers,
  }),
  drift: new Counter({
    name: "scim_bridge_drift_total",
    help: "Roles changed at Label Studio and left so, by who changed them",
    labelNames: ["source"],
    registers,
  }),
});

const credentials = (registers: Registry[]) => {
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
  return (event: BridgeEvent): void => {
    if (event.kind === "token-request") requests.inc({ outcome: event.outcome });
    if (event.kind !== "credentials") return;
    expiry.reset();
    for (const { expiresAt, ...labels } of event.credentials)
      if (expiresAt !== undefined) expiry.set(labels, expiresAt / 1_000);
  };
};

export function series() {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: "scim_bridge_requests_seconds",
    help: "SCIM requests by method, route and status",
    labelNames: ["method", "route", "status"],
    buckets: SECONDS,
    registers,
  });
  const calls = new Histogram({
    name: "scim_bridge_upstream_calls_seconds",
    help: "Calls to Label Studio by call and outcome",
    labelNames: ["call", "outcome"],
    buckets: SECONDS,
    registers,
  });
  const { applied, drift } = changes(registers);
  const countCredentials = credentials(registers);
  const upstream = new Gauge({
    name: "scim_bridge_upstream_ok",
    help: "1 when Label Studio took the key at the last check",
    registers,
  });
  const people = new Gauge({
    name: "scim_bridge_people",
    help: "People by state; everybody is in exactly one",
    labelNames: ["state"],
    registers,
  });
  const oldest = new Gauge({
    name: "scim_bridge_oldest_pending_seconds",
    help: "How long the person who has been pending longest has waited",
    registers,
  });

  return {
    contentType: registry.contentType,
    count: (event: BridgeEvent): void => {
      countCredentials(event);
      if (event.kind === "scim-request")
        requests.observe(
          { method: event.method, route: event.route, status: String(event.status) },
          event.durationMs / 1000,
        );
      if (event.kind === "upstream-call")
        calls.observe({ call: event.call, outcome: event.outcome }, event.durationMs / 1000);
      if (event.kind === "applied") applied.inc({ operation: event.operation });
      if (event.kind === "drift") drift.inc({ source: event.source });
      if (event.kind === "upstream-checked") upstream.set(event.ok ? 1 : 0);
    },
    text: async (count: PeopleGauge): Promise<string> => {
      const counts = await count();
      for (const state of STATES) people.set({ state }, counts[state]);
      oldest.set(counts.oldestPendingSeconds);
      return registry.metrics();
    },
  };
}
