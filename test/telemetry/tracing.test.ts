// Spans as a collector gets them over OTLP/HTTP: one trace from the request to the calls that carry it out.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { request } from "undici";
import { readConfig } from "../../src/config.js";
import { patch, trial, user } from "../support/bridge.js";

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly Attribute[];
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

let collector: Server;
let got: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[];

beforeEach(async () => {
  got = [];
  collector = createServer((incoming, response) => {
    let body = "";
    incoming.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    incoming.on("end", () => {
      got.push({ path: incoming.url ?? "", headers: incoming.headers, body });
      response.setHeader("content-type", "application/json").end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
});
afterEach(async () => {
  collector.closeAllConnections();
  await new Promise((resolve) => collector.close(resolve));
});

const endpoint = (): string => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
const exportsGot = (): readonly Export[] => got.map(({ body }) => JSON.parse(body) as Export);
const spans = (): readonly Span[] =>
  exportsGot().flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((each) => each.spans)),
  );
const valueOf = (span: Span | undefined, key: string) => span?.attributes.find((each) => each.key === key)?.value;

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const CALLER = "b7ad6b7169203331";

test("a request, the operation that carries it out and the call to Label Studio are one trace", async () => {
  const environment = {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
    OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20secret,x-other=1",
    OTEL_SERVICE_NAME: "scim-of-acme",
  };
  const t = await trial({ environment });
  const { id } = (await t.scim("POST", "/Users", user("zoe.quux@acme.example"))).body;
  await t.settled();
  await request(`${t.url}/scim/v2/Users/${id}`, {
    method: "PATCH",
    headers: {
      authorization: "Bearer scim-token-for-tests-only",
      "content-type": "application/scim+json",
      traceparent: `00-${TRACE}-${CALLER}-01`,
    },
    body: JSON.stringify(patch({ op: "replace", path: "active", value: false })),
  });
  await t.until(() => t.sandbox.member("zoe.quux@acme.example")?.role === "DI");
  await t.settled();
  await t.close();

  expect(got[0]).toMatchObject({ path: "/v1/traces", headers: { "x-key": "a secret", "x-other": "1" } });
  expect(exportsGot()[0]?.resourceSpans[0]?.resource.attributes).toContainEqual({
    key: "service.name",
    value: { stringValue: "scim-of-acme" },
  });
  const traced = spans().filter(({ traceId }) => traceId === TRACE);
  const asked = traced.find(({ name }) => name === "PATCH /Users/:id");
  const operation = traced.find(({ name }) => name === "operation deactivate");
  const call = traced.find(({ name }) => name === "memberships.patch");
  expect(asked?.parentSpanId).toBe(CALLER);
  expect(operation?.parentSpanId).toBe(asked?.spanId);
  expect(call?.parentSpanId).toBe(operation?.spanId);
  expect(valueOf(asked, "http.response.status_code")).toEqual({ intValue: 200 });
  expect(valueOf(operation, "bridge.cause")).toEqual({ stringValue: "user.patch" });
  const created = spans().find(({ name }) => name === "POST /Users");
  const creating = spans().find(({ name }) => name === "operation create-account");
  expect([creating?.traceId, creating?.parentSpanId]).toEqual([created?.traceId, created?.spanId]);
  for (const { startTimeUnixNano, endTimeUnixNano } of spans())
    expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
  expect(got.map(({ body }) => body).join()).not.toMatch(/zoe|quux|kim|acme\.example|scim-token/);
});

test("without an endpoint, and when it is switched off, nothing is sent; a collector that is away holds nothing up", async () => {
  const t = await trial({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), OTEL_SDK_DISABLED: "true" } });
  await t.scim("POST", "/Users", user("kim@acme.example"));
  await t.settled();
  await t.close();
  expect(got).toEqual([]);
  const away = await trial({ environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" } });
  expect((await away.scim("POST", "/Users", user("kim@acme.example"))).status).toBe(201);
  await away.settled();
  await away.close();
});

test("what cannot be done is a problem at start", () => {
  const required = {
    LABEL_STUDIO_URL: "https://ls.example",
    LABEL_STUDIO_API_KEY: "k",
    SCIM_BEARER_TOKEN: "a-token-that-is-long-enough",
  };
  const read = (more: Record<string, string>) => readConfig({ ...required, ...more });
  expect(read({})).toMatchObject({ config: { tracing: undefined } });
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: "nowhere" })).toMatchObject({ kind: "problems" });
  expect(read({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(), OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toMatchObject({
    problems: [expect.stringContaining("over HTTP only")],
  });
  const sampled = { OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.25" };
  expect(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://c/x", ...sampled })).toMatchObject({
    config: { tracing: { url: "http://c/x", ratio: 0.25, serviceName: "label-studio-scim-bridge" } },
  });
});
