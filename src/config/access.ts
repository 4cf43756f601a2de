// Settings about who may come in over SCIM, checked together: they depend on each other. config.ts has read them.
import { existsSync } from "node:fs";

type Values = Readonly<Record<string, string | undefined>>;

/** Shorter ones can be guessed, and are what a placeholder in a template looks like. */
const SHORTEST_TOKEN = 16;
const LONGEST_TOKEN_BYTES = 1_024;

const MANAGED = "lsb_";

const WIF = ["WIF_TENANT_ID", "WIF_AUDIENCE", "WIF_SUBJECT"] as const;
const WIF_MORE = ["WIF_ISSUER", "WIF_JWKS_URL"] as const;

/** A file that is not there holds no token that was made before, nor does what is no database at all. */
function mayHoldTokens(databaseUrl = "sqlite:data/bridge.db"): boolean {
  const file = /^sqlite:(.+)$/.exec(databaseUrl)?.[1];
  return file === undefined ? databaseUrl.startsWith("postgres") : existsSync(file);
}

export function accessProblems(values: Values, scimTokens: readonly { readonly value: string }[]): readonly string[] {
  return [...scimProblems(values, scimTokens), ...adminProblems(values, scimTokens), ...federationProblems(values)];
}

function* scimProblems(values: Values, tokens: readonly { readonly value: string }[]): Generator<string> {
  const isSet = values["SCIM_BEARER_TOKEN"] !== undefined;
  if (isSet && tokens.length === 0)
    yield "SCIM_BEARER_TOKEN holds no token: without one no identity provider can connect.";
  if (!isSet && values["WIF_TENANT_ID"] === undefined && !mayHoldTokens(values["DATABASE_URL"]))
    yield (
      "SCIM_BEARER_TOKEN is required: the bearer that the identity provider sends (also as SCIM_BEARER_TOKEN_FILE); " +
      "or make a token with `token create --name <name>`."
    );
  if (tokens.some(({ value }) => Buffer.byteLength(value) > LONGEST_TOKEN_BYTES))
    yield `SCIM_BEARER_TOKEN holds a token of more than ${LONGEST_TOKEN_BYTES} bytes.`;
  if (tokens.some(({ value }) => value.length < SHORTEST_TOKEN))
    yield `SCIM_BEARER_TOKEN holds a token of fewer than ${SHORTEST_TOKEN} characters, which can be guessed${EXAMPLE}.`;
  if (tokens.some(({ value }) => value.startsWith(MANAGED)))
    yield `SCIM_BEARER_TOKEN holds a token that is managed in the store (${MANAGED}…), and could not be revoked from here.`;
}

const EXAMPLE = "; make one with `openssl rand -base64 32`";

function* adminProblems(values: Values, tokens: readonly { readonly value: string }[]): Generator<string> {
  for (const name of ["ADMIN_TOKEN", "ADMIN_READ_TOKEN"]) {
    const set = values[name]?.trim() ?? "";
    if (set.length < SHORTEST_TOKEN && set !== "")
      yield `${name} has fewer than ${SHORTEST_TOKEN} characters and can be guessed${EXAMPLE}.`;
    if (set.startsWith(MANAGED)) yield `${name} is a SCIM token (${MANAGED}…): it must be none.`;
  }
  const token = values["ADMIN_TOKEN"]?.trim();
  if (token !== undefined && tokens.some(({ value }) => value === token))
    yield "ADMIN_TOKEN is also a SCIM_BEARER_TOKEN: an identity provider must never be the operator. Use two.";
}

function* federationProblems(values: Values): Generator<string> {
  const given = [...WIF, ...WIF_MORE].filter((name) => values[name] !== undefined);
  const missing = WIF.filter((name) => values[name] === undefined);
  if (given.length > 0 && missing.length > 0)
    yield (
      `${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} required, as ${given.join(" and ")} ` +
      `${given.length > 1 ? "are" : "is"} set: workload identity federation needs ${WIF.join(", ")}.`
    );
}

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** In clear text over this machine's loopback only: whoever answers there decides who comes in. */
export function isTrustworthy(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.includes(hostname));
}

/** A tenant is known by its GUID; its keys are public (learn.microsoft.com/entra/identity-platform/access-tokens). */
export function workloadIdentity(values: Values) {
  const [tenant, audience, subject] = WIF.map((name) => values[name]?.trim());
  if (tenant === undefined || audience === undefined || subject === undefined) return undefined;
  const login = `https://login.microsoftonline.com/${tenant.toLowerCase()}`;
  return {
    issuer: values["WIF_ISSUER"]?.trim() ?? `${login}/v2.0`,
    jwksUrl: values["WIF_JWKS_URL"] ?? `${login}/discovery/v2.0/keys`,
    audience,
    subject,
  };
}
