// telemetry: events → one pino line each, and Prometheus series.
// Invariant: sees events only, which carry ids and codes; so no name, address or secret can reach a log above debug.
// Flow: bridge hands `emit` to every room; /metrics reads the registry.
export { startTracing, type Tracing, type TracingSettings } from "./tracing.js";
export type { Snapshot } from "./gauges.js";
export { startTelemetry, type Telemetry, type TelemetryOptions } from "./telemetry.js";
