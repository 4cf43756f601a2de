// Spans, made of events when they are over: nothing is carried along while a request is answered, and nothing without settings.
import { createHash } from "node:crypto";
import type { Attributes, Link, SpanKind } from "@opentelemetry/api";
import type { BridgeEvent, Emit } from "../events.js";
import type { Clock } from "../ports.js";

export interface TracingSettings {
  /** Where OTLP over HTTP is taken, e.g. `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  /** Of all traces, from 0 to 1. */
  readonly ratio: number;
}

export interface Tracing {
  readonly observe: Emit;
  /** Sends what is left, as far as that can be done at once. */
  stop(): Promise<void>;
}

/** A receiver that is away must not keep the process from ending. */
const LAST_FLUSH_MS = 2_000;

export async function startTracing(settings: TracingSettings | undefined, clock: Clock): Promise<Tracing | undefined> {
  if (settings === undefined) return undefined;
  const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } = await import("@opentelemetry/api");
  const { BatchSpanProcessor, TraceIdRatioBasedSampler, TracerProvider } = await import("@opentelemetry/sdk-trace");
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const { resourceFromAttributes } = await import("@opentelemetry/resources");
  const { url, headers, serviceName, ratio } = settings;
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: LAST_FLUSH_MS });
  let next = { traceId: "", spanId: "" };
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": serviceName }),
    sampler: new TraceIdRatioBasedSampler(ratio),
    // Ids follow from the request's: the process that carries it out needs nothing but that to take its place in the trace.
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId },
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer(serviceName);
  const observe = (event: BridgeEvent): void => {
    const told = spanOf(event, SpanKind);
    if (!told) return;
    const { traceId, spanId, parentId, name, kind, attributes, failed, durationMs, links } = told;
    next = { traceId, spanId };
    const endedAt = clock.now();
    const above = { traceId, spanId: parentId ?? "", traceFlags: TraceFlags.SAMPLED, isRemote: true };
    const parent = parentId === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, above);
    const span = tracer.startSpan(name, { kind, attributes, links, startTime: endedAt - durationMs }, parent);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endedAt);
  };
  const stop = async (): Promise<void> => {
    const done = new AbortController();
    await Promise.race([provider.shutdown().catch(() => undefined), clock.sleep(LAST_FLUSH_MS, done.signal)]);
    done.abort("done");
  };
  return { observe, stop };
}

interface Told {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly failed: boolean;
  readonly durationMs: number;
  readonly links: Link[];
}

type Kinds = typeof SpanKind;

/** Ids, codes and route patterns only, as events have them. */
function spanOf(event: BridgeEvent, kinds: Kinds): Told | undefined {
  if (event.kind === "scim-request") return requestSpan(event, kinds);
  if (event.kind === "applied" || event.kind === "not-applied") return operationSpan(event, kinds);
  return event.kind === "upstream-call" ? callSpan(event, kinds) : undefined;
}

type Of<Kind extends BridgeEvent["kind"]> = Extract<BridgeEvent, { kind: Kind }>;

function requestSpan(event: Of<"scim-request">, { SERVER }: Kinds): Told {
  const { requestId, method, route, status, durationMs, traceparent } = event;
  const traceId = traceIdOf(requestId);
  const [, sentTrace = "", sentSpan = ""] = traceparent?.split("-") ?? [];
  const above = traceparent === undefined ? undefined : { traceId: sentTrace, spanId: sentSpan };
  return {
    ...{ traceId, spanId: requestSpanId(requestId), name: `${method} ${route}`, kind: SERVER, durationMs },
    parentId: above?.traceId === traceId ? above.spanId : undefined,
    links: above && above.traceId !== traceId ? [{ context: { ...above, traceFlags: 1 } }] : [],
    attributes: {
      "http.request.method": method,
      "http.route": `/scim/v2${route}`,
      "http.response.status_code": status,
      "scim.request_id": requestId,
    },
    failed: status >= 500,
  };
}

function operationSpan(event: Of<"applied"> | Of<"not-applied">, { INTERNAL }: Kinds): Told {
  const { operation, personId, durationMs, errand } = event;
  const { requestId, cause, origin } = errand;
  return {
    ...{ ...placeOf(errand), name: `operation ${operation}`, kind: INTERNAL, durationMs, links: [] },
    parentId: requestId === undefined ? undefined : requestSpanId(requestId),
    attributes: {
      "bridge.operation": operation,
      "bridge.person_id": personId,
      "bridge.cause": cause,
      "bridge.origin": origin,
      ...(requestId !== undefined && { "scim.request_id": requestId }),
      ...(event.kind === "not-applied" && { "error.type": event.code }),
    },
    failed: event.kind === "not-applied",
  };
}

function callSpan(event: Of<"upstream-call">, { CLIENT }: Kinds): Told {
  const { call, method, outcome, status, durationMs, errand, callId } = event;
  const operation = errand && placeOf(errand);
  return {
    ...{ name: call, kind: CLIENT, durationMs, links: [] },
    traceId: operation?.traceId ?? digest("trace", callId).slice(0, 32),
    spanId: digest("call", callId).slice(0, 16),
    parentId: operation?.spanId,
    attributes: {
      "http.request.method": method,
      "bridge.call": call,
      "bridge.outcome": outcome,
      ...(status !== undefined && { "http.response.status_code": status }),
    },
    failed: outcome !== "ok",
  };
}

type Errand = Of<"applied">["errand"];

const placeOf = ({ requestId, operationId }: Errand) => ({
  traceId: requestId === undefined ? digest("trace", operationId).slice(0, 32) : traceIdOf(requestId),
  spanId: digest("operation", operationId).slice(0, 16),
});

const requestSpanId = (requestId: string): string => digest("request", requestId).slice(0, 16);

/** An id that was made of a traceparent has the caller's trace in it. */
const OF_TRACE = /^([0-9a-f]{32})-[0-9a-f]{8}$/;

const traceIdOf = (requestId: string): string =>
  OF_TRACE.exec(requestId)?.[1] ?? digest("trace", requestId).slice(0, 32);

const digest = (...parts: readonly string[]): string => createHash("sha256").update(parts.join(" ")).digest("hex");
