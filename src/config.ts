// The only reader of the environment. Every problem is told at once; the caller ends with exit code 2.
import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { z } from "zod";
import { accessProblems, isTrustworthy, workloadIdentity } from "./config/access.js";
import { durationMs } from "./durations.js";
import { BridgeError } from "./errors.js";
import { SETTINGS, type Setting } from "./config/settings.js";
import { tracingOf, tracingProblems, type TracingSettings } from "./config/tracing.js";
import { webhookOf, webhookProblems, type WebhookSettings } from "./config/webhook.js";

export interface BearerToken {
  /** What logs and audit lines call it; never part of the secret. */
  readonly name: string;
  readonly value: string;
}

export interface Config {
  readonly labelStudio: {
    readonly url: string;
    readonly apiKey: string;
    readonly organizationId: number | undefined;
    readonly maxRps: number;
  };
  readonly scimTokens: readonly BearerToken[];
  readonly scimMaxRps: number;
  /** How long access tokens of /oauth/token last. */
  readonly oauthTokenLifetimeMs: number;
  /** What the assertions of a federated workload have to say; undefined: there is none. */
  readonly workloadIdentity: ReturnType<typeof workloadIdentity>;
  readonly adminToken: string | undefined;
  readonly adminReadToken: string | undefined;
  /** A port of its own for operators; undefined: the one of SCIM. */
  readonly adminPort: { readonly host: string; readonly port: number } | undefined;
  readonly mode: "apply" | "observe";
  /** undefined: Label Studio is read completely at start only. */
  readonly reconcileIntervalMs: number | undefined;
  /** undefined: no spans. */
  readonly tracing: TracingSettings | undefined;
  /** Where what needs attention is told; undefined: nowhere. */
  readonly webhook: WebhookSettings | undefined;
  /** undefined: the audit log is kept for ever. */
  readonly auditRetentionMs: number | undefined;
  readonly mappingFile: string;
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly trustProxy: number;
  readonly logLevel: LogLevel;
  readonly logFormat: "json" | "pretty";
}

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type Environment = Readonly<Record<string, string | undefined>>;

export type ConfigResult =
  | { readonly kind: "config"; readonly config: Config }
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** Settings that may hold a secret: each can also be given as a file, `<NAME>_FILE`. */
const SECRETS: readonly string[] = Object.entries<Setting>(SETTINGS satisfies Readonly<Record<SettingName, Setting>>)
  .filter(([, { secret }]) => secret)
  .map(([name]) => name);

const wholeUrl = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .transform((url) => url.replace(/\/+$/, ""));

const integer = (least: number, most: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${least} to ${most}` })
    .int(`must be a whole number from ${least} to ${most}`)
    .min(least, `must be a whole number from ${least} to ${most}`)
    .max(most, `must be a whole number from ${least} to ${most}`);

const requestsPerSecond = z.coerce
  .number({ error: "must be a number of requests per second, 0 for no limit" })
  .min(0, "must be 0 (no limit) or more");

const DAY_MS = 86_400_000;
// A timer holds no more than 24 days.
const LONGEST_INTERVAL_MS = 7 * DAY_MS;
const INTERVAL = "must be a duration from 1s to 7d such as 15m or 1h, or 0 or off for never";

/** undefined: never. */
const interval = z.string().transform((text, context) => {
  const ms = /^(0|off)$/i.test(text.trim()) ? 0 : durationMs(text);
  if (!(ms >= 0 && ms <= LONGEST_INTERVAL_MS)) context.addIssue({ code: "custom", message: INTERVAL });
  return ms === 0 ? undefined : ms;
});

const RETENTION = "must be a duration of a day or more such as 400d, or off to keep everything";

/** undefined: for ever. */
const retention = z.string().transform((text, context) => {
  const isOff = /^off$/i.test(text.trim());
  const ms = durationMs(text);
  if (!isOff && !(ms >= DAY_MS)) context.addIssue({ code: "custom", message: RETENTION });
  return isOff ? undefined : ms;
});

const LIFETIME = "must be a duration from 5m to 6h such as 1h";
const FROM_5M_TO_6H_MS = [300_000, 21_600_000] as const;

const tokenLifetime = z.string().transform((text, context) => {
  const ms = durationMs(text);
  const [least, most] = FROM_5M_TO_6H_MS;
  if (!(ms >= least && ms <= most)) context.addIssue({ code: "custom", message: LIFETIME });
  return ms;
});

const settings = z.object({
  LABEL_STUDIO_URL: wholeUrl,
  LABEL_STUDIO_API_KEY: z.string(),
  LABEL_STUDIO_ORGANIZATION_ID: integer(0, 2 ** 31).optional(),
  LABEL_STUDIO_MAX_RPS: requestsPerSecond.default(12),
  SCIM_BEARER_TOKEN: z.string().optional(),
  SCIM_MAX_RPS: requestsPerSecond.default(0),
  OAUTH_TOKEN_LIFETIME: tokenLifetime.prefault("1h"),
  WIF_TENANT_ID: z.guid("must be the id of the tenant, a GUID").optional(),
  WIF_AUDIENCE: z.string().optional(),
  WIF_SUBJECT: z.string().optional(),
  WIF_ISSUER: z.string().optional(),
  WIF_JWKS_URL: z.string().refine(isTrustworthy, "must be an https URL").optional(),
  ADMIN_TOKEN: z.string().optional(),
  ADMIN_READ_TOKEN: z.string().optional(),
  ADMIN_HOST: z.string().default("127.0.0.1"),
  ADMIN_PORT: integer(0, 65_535).optional(),
  BRIDGE_MODE: z.enum(["apply", "observe"], { error: "must be apply or observe" }).default("apply"),
  RECONCILE_INTERVAL: interval.prefault("1h"),
  AUDIT_RETENTION: retention.prefault("off"),
  MAPPING_FILE: z.string().default("mappings/default.yaml"),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.|postgres(ql)?:\/\/.)/, "must be sqlite:<file> or postgres://<user>@<host>/<database>")
    .default("sqlite:data/bridge.db"),
  HOST: z.string().default("127.0.0.1"),
  PORT: integer(0, 65_535).default(8080),
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(", ")}` }).default("info"),
  LOG_FORMAT: z.enum(["json", "pretty"], { error: "must be json or pretty" }).default("json"),
  PUBLIC_URL: wholeUrl.optional(),
  TRUST_PROXY: integer(0, 32).default(0),
});

type SettingName = keyof typeof settings.shape;

/** `.env` in the working directory, if there is one; it never overrides what the environment says. */
export function readEnvironment(environment: Environment, envFile = ".env"): Environment {
  try {
    return { ...parseEnv(readFileSync(envFile, "utf8")), ...environment };
  } catch (error) {
    const { code = "error" } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return environment;
    throw new BridgeError("CONFIG_INVALID", `${envFile}: cannot read it (${code}).`);
  }
}

export const httpUrl = (host: string, port: string | number): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${port}`;

/** What a command needs that asks a running bridge, or its store when no operator token is at hand. */
export interface ClientSettings {
  readonly url: string;
  readonly adminToken: string | undefined;
  readonly databaseUrl: string;
  readonly mappingFile: string;
}

export function readClientSettings(environment: Environment): ClientSettings {
  const values = withSecretFiles(present(environment), []);
  return {
    url: adminUrl(values),
    adminToken: values["ADMIN_TOKEN"],
    databaseUrl: values["DATABASE_URL"] ?? SETTINGS.DATABASE_URL.default,
    mappingFile: values["MAPPING_FILE"] ?? SETTINGS.MAPPING_FILE.default,
  };
}

/** Where operators are answered. */
const adminUrl = (values: Record<string, string>): string =>
  values["ADMIN_PORT"] === undefined
    ? httpUrl(values["HOST"] ?? SETTINGS.HOST.default, values["PORT"] ?? SETTINGS.PORT.default)
    : httpUrl(values["ADMIN_HOST"] ?? "127.0.0.1", values["ADMIN_PORT"]);

export function readConfig(environment: Environment): ConfigResult {
  const problems: string[] = [];
  const values = withSecretFiles(present(environment), problems);
  const parsed = settings.safeParse(values);
  for (const issue of parsed.error?.issues ?? []) problems.push(explain(issue, values));
  const scimTokens = tokens(values["SCIM_BEARER_TOKEN"] ?? "");
  problems.push(...accessProblems(values, scimTokens), ...adminProblems(values, scimTokens));
  problems.push(...webhookProblems(values), ...tracingProblems(values));
  if (!parsed.success || problems.length > 0) return { kind: "problems", problems };
  const config = toConfig(parsed.data, scimTokens, workloadIdentity(values));
  return { kind: "config", config: { ...config, webhook: webhookOf(values), tracing: tracingOf(values) } };
}

function adminProblems(values: Record<string, string>, scimTokens: readonly BearerToken[]): readonly string[] {
  const reads = values["ADMIN_READ_TOKEN"]?.trim();
  const problems: string[] = [];
  if (reads !== undefined && values["ADMIN_TOKEN"] === undefined)
    problems.push("ADMIN_READ_TOKEN needs ADMIN_TOKEN: without it there is nothing to read.");
  if (
    reads !== undefined &&
    (reads === values["ADMIN_TOKEN"]?.trim() || scimTokens.some(({ value }) => value === reads))
  )
    problems.push(
      "ADMIN_READ_TOKEN is also ADMIN_TOKEN or a SCIM_BEARER_TOKEN: who only reads must not decide. Use two.",
    );
  if (values["ADMIN_HOST"] !== undefined && values["ADMIN_PORT"] === undefined)
    problems.push("ADMIN_HOST needs ADMIN_PORT: without a port of its own /admin is served where SCIM is.");
  return problems;
}

/** Empty means not set, as in `.env` templates and container manifests. */
const present = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => (entry[1] ?? "").trim() !== ""),
  );

function withSecretFiles(values: Record<string, string>, problems: string[]): Record<string, string> {
  const result = { ...values };
  for (const name of SECRETS) {
    const file = values[`${name}_FILE`];
    if (file === undefined) continue;
    if (values[name] !== undefined) problems.push(`${name} and ${name}_FILE are both set: keep one.`);
    try {
      result[name] = readFileSync(file, "utf8").trim();
      if (result[name] === "") problems.push(`${name}_FILE: ${file} is empty.`);
    } catch (error) {
      problems.push(`${name}_FILE: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? "error"}).`);
    }
  }
  return result;
}

function explain(issue: z.core.$ZodIssue, values: Record<string, string>): string {
  const name = String(issue.path[0]);
  if (values[name] === undefined) return `${name} is required${HINTS[name] ?? ""}.`;
  // A key pasted into the wrong variable must not end up on a terminal.
  return [...SECRETS, "LABEL_STUDIO_URL", "PUBLIC_URL"].includes(name)
    ? `${name} ${issue.message}.`
    : `${name} ${issue.message}, not ${JSON.stringify(values[name])}.`;
}

const HINTS: Readonly<Record<string, string>> = {
  LABEL_STUDIO_URL: " (e.g. https://app.humansignal.com), or start with --sandbox",
  LABEL_STUDIO_API_KEY: ": the key of an Administrator or Owner (also as LABEL_STUDIO_API_KEY_FILE)",
};

const tokens = (list: string): readonly BearerToken[] =>
  list
    .split(",")
    .map((token) => token.trim())
    .filter((token) => token !== "")
    .map((value, index) => ({ name: `environment-${index + 1}`, value }));

function toConfig(
  data: z.infer<typeof settings>,
  scimTokens: readonly BearerToken[],
  federated: Config["workloadIdentity"],
): Omit<Config, "webhook" | "tracing"> {
  return {
    labelStudio: {
      url: data.LABEL_STUDIO_URL,
      apiKey: data.LABEL_STUDIO_API_KEY,
      organizationId: data.LABEL_STUDIO_ORGANIZATION_ID,
      maxRps: data.LABEL_STUDIO_MAX_RPS,
    },
    scimTokens,
    scimMaxRps: data.SCIM_MAX_RPS,
    oauthTokenLifetimeMs: data.OAUTH_TOKEN_LIFETIME,
    workloadIdentity: federated,
    adminToken: data.ADMIN_TOKEN?.trim(),
    adminReadToken: data.ADMIN_READ_TOKEN?.trim(),
    adminPort: data.ADMIN_PORT === undefined ? undefined : { host: data.ADMIN_HOST, port: data.ADMIN_PORT },
    mode: data.BRIDGE_MODE,
    reconcileIntervalMs: data.RECONCILE_INTERVAL,
    auditRetentionMs: data.AUDIT_RETENTION,
    mappingFile: data.MAPPING_FILE,
    databaseUrl: data.DATABASE_URL,
    host: data.HOST,
    port: data.PORT,
    publicUrl: data.PUBLIC_URL,
    trustProxy: data.TRUST_PROXY,
    logLevel: data.LOG_LEVEL,
    logFormat: data.LOG_FORMAT,
  };
}
