// What the settings mean, and which are secret. config.ts reads none that is not told of here, docs/reference.md is made of it.

export interface Setting {
  readonly meaning: string;
  /** As it would be written; undefined: there is none. */
  readonly default?: string;
  readonly required?: true;
  /** Can also be given as a file, `<NAME>_FILE`, and is never shown. */
  readonly secret?: true;
}

export const SETTINGS = {
  LABEL_STUDIO_URL: { meaning: "base URL of Label Studio, e.g. `https://app.humansignal.com`", required: true },
  LABEL_STUDIO_API_KEY: {
    meaning: "legacy token or personal access token of an Administrator",
    required: true,
    secret: true,
  },
  LABEL_STUDIO_ORGANIZATION_ID: { meaning: "organisation, a whole number; empty: the key owner's active one" },
  LABEL_STUDIO_MAX_RPS: {
    meaning: "calls to Label Studio a second, `0` for no limit; hosted Label Studio allows 15 a user",
    default: "12",
  },
  SCIM_BEARER_TOKEN: {
    meaning:
      "what the identity provider sends, 16 to 1,024 characters; comma-separated: several are valid at once. Not needed with managed tokens",
    secret: true,
  },
  SCIM_MAX_RPS: {
    meaning: "requests a second of each SCIM token at each process, 429 beyond; `0` for no limit",
    default: "0",
  },
  OAUTH_TOKEN_LIFETIME: { meaning: "how long an access token of `/oauth/token` lasts, `5m` to `6h`", default: "1h" },
  WIF_TENANT_ID: { meaning: "tenant of Entra ID for workload identity federation, a GUID" },
  WIF_AUDIENCE: { meaning: "audience of its assertions, `api://…`; required with WIF_TENANT_ID" },
  WIF_SUBJECT: { meaning: "subject of its assertions, an object id; required with WIF_TENANT_ID" },
  WIF_ISSUER: { meaning: "issuer of its assertions, where it is not the tenant's own" },
  WIF_JWKS_URL: { meaning: "where the keys are that sign them, https; where they are not the tenant's own" },
  ADMIN_TOKEN: {
    meaning: "the operator's token for `/admin`; without it there is no `/admin`. Never one of SCIM_BEARER_TOKEN",
    secret: true,
  },
  ADMIN_READ_TOKEN: {
    meaning: "a token that reads `/admin` and decides nothing, for dashboards; only beside ADMIN_TOKEN",
    secret: true,
  },
  ADMIN_HOST: {
    meaning: "address of a listener of its own for `/admin` and `/metrics`, only with ADMIN_PORT; empty: 127.0.0.1",
  },
  ADMIN_PORT: { meaning: "its port; `/admin` and `/metrics` are then answered nowhere else. Empty: on PORT" },
  BRIDGE_MODE: { meaning: "`apply`, or `observe`: nothing is ever written to Label Studio", default: "apply" },
  RECONCILE_INTERVAL: {
    meaning: "how often Label Studio is read completely: `15m`, `1h`, from `1s` to `7d`; `off` or `0`: at start only",
    default: "1h",
  },
  AUDIT_RETENTION: {
    meaning: "the audit log keeps what is younger, e.g. `400d`; `off`: everything, for ever",
    default: "off",
  },
  WEBHOOK_URL: {
    meaning: "where it is told what needs somebody, see [monitoring](monitoring/README.md#webhook); http or https",
    secret: true,
  },
  WEBHOOK_SECRET: {
    meaning: "what these messages are signed with, 24 to 64 bytes in base64; required with WEBHOOK_URL",
    secret: true,
  },
  MAPPING_FILE: {
    meaning: "the mapping, see [mappings/README.md](../mappings/README.md)",
    default: "mappings/default.yaml",
  },
  DATABASE_URL: {
    meaning: "`sqlite:<file>`, or `postgres://<user>:<password>@<host>/<database>`",
    default: "sqlite:data/bridge.db",
    secret: true,
  },
  HOST: { meaning: "address to listen on; beyond 127.0.0.1 only behind a proxy that speaks TLS", default: "127.0.0.1" },
  PORT: { meaning: "port to listen on, `0` for any free one", default: "8080" },
  LOG_LEVEL: {
    meaning: "`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`; no name, e-mail or secret above `debug`",
    default: "info",
  },
  LOG_FORMAT: { meaning: "`json`: one event a line for machines; `pretty` for people", default: "json" },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    meaning:
      "where spans are sent over OTLP/HTTP; this and the other `OTEL_` variables as [everywhere](monitoring/README.md#traces)",
  },
  PUBLIC_URL: {
    meaning: "how the identity provider sees the bridge, e.g. `https://scim.example.com`; empty: from HOST and PORT",
  },
  TRUST_PROXY: { meaning: "how many proxies stand in front whose forwarding headers count, 0 to 32", default: "0" },
} as const satisfies Readonly<Record<string, Setting>>;
