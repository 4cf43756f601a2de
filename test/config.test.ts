import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../src/config.js";

const REQUIRED = {
  LABEL_STUDIO_URL: "https://ls.example",
  LABEL_STUDIO_API_KEY: "k",
  SCIM_BEARER_TOKEN: "t".repeat(16),
};

describe("RECONCILE_INTERVAL", () => {
  const read = (RECONCILE_INTERVAL: string) => readConfig({ ...REQUIRED, RECONCILE_INTERVAL });

  test.each([
    ["", 3_600_000],
    ["15m", 900_000],
    ["1h", 3_600_000],
    [" 90 S ", 90_000],
    ["7d", 604_800_000],
    ["0", undefined],
    ["off", undefined],
  ])("%j", (text, reconcileIntervalMs) => {
    expect(read(text)).toMatchObject({ kind: "config", config: { reconcileIntervalMs } });
  });

  test.each(["15", "1.5h", "-1h", "1w", "8d", "often", "1h30m"])("%j is a problem", (text) => {
    const problem = "RECONCILE_INTERVAL must be a duration from 1s to 7d such as 15m or 1h, or 0 or off for never";
    expect(read(text)).toEqual({ kind: "problems", problems: [`${problem}, not ${JSON.stringify(text)}.`] });
  });
});

test("a token is as long as one can be compared, and no longer", () => {
  const read = (length: number) =>
    readConfig({ ...REQUIRED, SCIM_BEARER_TOKEN: `another-of-them-,${"x".repeat(length)}` });
  expect(read(1_024)).toMatchObject({ kind: "config" });
  expect(read(1_025)).toEqual({
    kind: "problems",
    problems: ["SCIM_BEARER_TOKEN holds a token of more than 1024 bytes."],
  });
});

describe("tokens that can be guessed, or belong elsewhere", () => {
  const long = "x".repeat(16);
  test.each([
    [{ SCIM_BEARER_TOKEN: `${long},${"y".repeat(15)}` }, /^SCIM_BEARER_TOKEN .*fewer than 16 characters/],
    [{ ADMIN_TOKEN: "y".repeat(15) }, /^ADMIN_TOKEN has fewer than 16 characters/],
    [{ SCIM_BEARER_TOKEN: `lsb_${long}` }, /^SCIM_BEARER_TOKEN holds a token that is managed/],
    [{ ADMIN_TOKEN: `lsb_${long}` }, /^ADMIN_TOKEN is a SCIM token/],
    [{ SCIM_BEARER_TOKEN: long, ADMIN_TOKEN: ` ${long} ` }, /^ADMIN_TOKEN is also a SCIM_BEARER_TOKEN/],
    [{ SCIM_BEARER_TOKEN: " , " }, /^SCIM_BEARER_TOKEN holds no token/],
    [{ SCIM_BEARER_TOKEN: "" }, /^SCIM_BEARER_TOKEN is required: .*`token create/],
  ])("%j", (changes, problem) => {
    const read = readConfig({ ...REQUIRED, ...changes });
    expect(read).toEqual({ kind: "problems", problems: [expect.stringMatching(problem)] });
    if (read.kind === "problems") expect(read.problems.join()).not.toMatch(/x{16}|y{15}/);
  });

  test("one is asked for along with everything else that is wrong", () => {
    const read = readConfig({ ...REQUIRED, SCIM_BEARER_TOKEN: "", DATABASE_URL: "mysql://u@h/d" });
    const problems = [/^DATABASE_URL /, /^SCIM_BEARER_TOKEN is required/].map((problem) =>
      expect.stringMatching(problem),
    );
    expect(read).toEqual({ kind: "problems", problems });
  });

  test("none is needed where tokens may be in the store, or where there is a workload identity", () => {
    const without = { ...REQUIRED, SCIM_BEARER_TOKEN: "" };
    for (const changes of [{ DATABASE_URL: "postgres://u@h/d" }, { DATABASE_URL: "sqlite:package.json" }, WIF])
      expect(readConfig({ ...without, ...changes })).toMatchObject({ kind: "config", config: { scimTokens: [] } });
  });
});

const TENANT = "8F1F1C8E-0d6e-4a3c-9a50-3b0f6c2d7a11";
const WIF = { WIF_TENANT_ID: TENANT, WIF_AUDIENCE: "api://x", WIF_SUBJECT: "s" };

describe("workload identity", () => {
  test("issuer and keys are the tenant's, unless told", () => {
    const login = `https://login.microsoftonline.com/${TENANT.toLowerCase()}`;
    const workloadIdentity = { audience: "api://x", subject: "s" };
    expect(readConfig({ ...REQUIRED, ...WIF })).toMatchObject({
      config: {
        workloadIdentity: { ...workloadIdentity, issuer: `${login}/v2.0`, jwksUrl: `${login}/discovery/v2.0/keys` },
      },
    });
    const told = { WIF_ISSUER: "https://sts.example/", WIF_JWKS_URL: "http://127.0.0.1:7/keys" };
    expect(readConfig({ ...REQUIRED, ...WIF, ...told })).toMatchObject({
      config: { workloadIdentity: { issuer: "https://sts.example/", jwksUrl: "http://127.0.0.1:7/keys" } },
    });
    expect(readConfig(REQUIRED)).toMatchObject({ config: { workloadIdentity: undefined } });
  });

  test.each([
    [{ WIF_TENANT_ID: TENANT }, "WIF_AUDIENCE and WIF_SUBJECT are required, as WIF_TENANT_ID is set"],
    [{ WIF_SUBJECT: "s", WIF_AUDIENCE: "a" }, "WIF_TENANT_ID is required, as WIF_AUDIENCE and WIF_SUBJECT are set"],
    [{ WIF_ISSUER: "x" }, "WIF_TENANT_ID and WIF_AUDIENCE and WIF_SUBJECT are required, as WIF_ISSUER is set"],
    [{ ...WIF, WIF_TENANT_ID: "organizations" }, "WIF_TENANT_ID must be the id of the tenant, a GUID"],
    [{ ...WIF, WIF_JWKS_URL: "http://keys.example/" }, "WIF_JWKS_URL must be an https URL"],
    [{ ...WIF, WIF_JWKS_URL: "http://127.0.0.1.evil.example/" }, "WIF_JWKS_URL must be an https URL"],
    [{ ...WIF, WIF_JWKS_URL: "http://127.0.0.1:7@evil.example/" }, "WIF_JWKS_URL must be an https URL"],
    [{ ...WIF, WIF_JWKS_URL: "https://" }, "WIF_JWKS_URL must be an https URL"],
  ])("%j", (changes, problem) => {
    expect(readConfig({ ...REQUIRED, ...changes })).toEqual({
      kind: "problems",
      problems: [expect.stringContaining(problem)],
    });
  });
});

test.each([
  ["5m", 300_000],
  ["6h", 21_600_000],
  ["", 3_600_000],
])("OAUTH_TOKEN_LIFETIME %j", (text, oauthTokenLifetimeMs) => {
  expect(readConfig({ ...REQUIRED, OAUTH_TOKEN_LIFETIME: text })).toMatchObject({ config: { oauthTokenLifetimeMs } });
});
