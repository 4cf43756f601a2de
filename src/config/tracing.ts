// The standard OTEL_ settings, a part of config.ts (opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables).
export interface TracingSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly serviceName: string;
  readonly ratio: number;
}

type Values = Readonly<Record<string, string | undefined>>;

const urlOf = (values: Values): string | undefined => {
  const of = values["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
  const base = values["OTEL_EXPORTER_OTLP_ENDPOINT"];
  return of ?? (base === undefined ? undefined : `${base.replace(/\/+$/, "")}/v1/traces`);
};

const isOff = (values: Values): boolean =>
  /^true$/i.test(values["OTEL_SDK_DISABLED"] ?? "") || /^none$/i.test(values["OTEL_TRACES_EXPORTER"] ?? "");

export function tracingProblems(values: Values): readonly string[] {
  const url = urlOf(values);
  if (url === undefined || isOff(values)) return [];
  const problems: string[] = [];
  if (!(/^https?:\/\//.test(url) && URL.canParse(url)))
    problems.push("OTEL_EXPORTER_OTLP_ENDPOINT must be an http or https URL.");
  const protocol = values["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] ?? values["OTEL_EXPORTER_OTLP_PROTOCOL"];
  if (protocol === "grpc")
    problems.push("OTEL_EXPORTER_OTLP_PROTOCOL: traces are sent over HTTP only, usually to port 4318; leave it out.");
  return problems;
}

/** undefined: switched off, which is the default. */
export function tracingOf(values: Values): TracingSettings | undefined {
  const url = urlOf(values);
  if (url === undefined || isOff(values)) return undefined;
  return {
    url,
    headers: { ...pairs(values["OTEL_EXPORTER_OTLP_HEADERS"]), ...pairs(values["OTEL_EXPORTER_OTLP_TRACES_HEADERS"]) },
    serviceName: values["OTEL_SERVICE_NAME"] ?? "label-studio-scim-bridge",
    ratio: ratioOf(values),
  };
}

function ratioOf(values: Values): number {
  const sampler = values["OTEL_TRACES_SAMPLER"] ?? "";
  if (sampler.endsWith("always_off")) return 0;
  const asked = Number(values["OTEL_TRACES_SAMPLER_ARG"]);
  return sampler.endsWith("traceidratio") && asked >= 0 && asked <= 1 ? asked : 1;
}

/** `key1=value1,key2=value2`, percent-encoded as W3C Baggage has it. */
const pairs = (text = ""): Record<string, string> =>
  Object.fromEntries(
    text.split(",").flatMap((pair) => {
      const [key = "", ...value] = pair.split("=");
      return key.trim() === "" || value.length === 0 ? [] : [[key.trim(), decoded(value.join("=").trim())] as const];
    }),
  );

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
