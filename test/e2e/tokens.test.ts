// Managed tokens and clients with the built program: two processes on one store, a restart, and what is in their logs.
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { request } from "undici";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { user } from "../support/bridge.js";
import { ADMIN_TOKEN, get, scim, settingsFor, until, workplace, type Workplace } from "../support/program.js";

let here: Workplace;
let sandbox: Sandbox;
beforeAll(async () => {
  here = await workplace();
  sandbox = await startSandbox();
});
afterAll(async () => {
  await here.close();
  await sandbox.close();
});

interface Made {
  readonly id: string;
  readonly clientId: string;
  readonly secret: string;
}

const environment = () => ({ ...settingsFor(sandbox), SCIM_BEARER_TOKEN: "", LOG_LEVEL: "trace" });
const make = async (settings: Record<string, string>, ...args: readonly string[]): Promise<Made> => {
  const { stdout } = await here.run(settings, "token", "create", "--json", ...args);
  return JSON.parse(stdout) as Made;
};
const answers = (url: string, token: string, status: number) =>
  until(
    async () => {
      if ((await scim(url, "GET", "/Users?count=0", undefined, token)).status === status) return true;
      // Seldom enough not to be taken for somebody who guesses.
      await delay(100);
      return undefined;
    },
    () => `${status} for the token at ${url}`,
  );

async function accessToken(url: string, { clientId, secret }: Made): Promise<string> {
  const { body } = await request(`${url}/oauth/token`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: secret,
    }).toString(),
  });
  return ((await body.json()) as { access_token: string }).access_token;
}

test("from the first token to the last, without any in the environment", async () => {
  const refused = await here.run(environment(), "serve");
  expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("token create") });

  const first = await make({}, "--name", "okta");
  const one = here.start(environment(), "serve");
  const two = here.start(environment(), "serve");
  const urls = [await one.listening(), await two.listening()] as const;
  for (const url of urls) await answers(url, first.secret, 200);

  const next = await make({ ADMIN_TOKEN }, "--name", "okta", "--url", urls[0]);
  const client = await make({}, "--name", "entra", "--kind", "client", "--expires", "10d");
  for (const url of urls) await answers(url, next.secret, 200);
  await here.run({}, "token", "revoke", first.id);
  for (const url of urls) await answers(url, first.secret, 401);

  const token = await accessToken(urls[0], client);
  for (const url of urls) await answers(url, token, 200);
  expect((await scim(urls[1], "POST", "/Users", user("ada@acme.example"), token)).status).toBe(201);
  const { text } = await get(`${urls[0]}/metrics`);
  expect(text).toMatch(
    new RegExp(
      `^scim_bridge_token_expiry_timestamp_seconds\\{id="${client.id}",kind="client",name="entra"\\} \\d+`,
      "m",
    ),
  );
  expect(text).toMatch(/^scim_bridge_oauth_requests_total\{outcome="issued"\} 1$/m);

  const logs = [(await one.stop()).stdout, (await two.stop()).stdout];
  const again = here.start(environment(), "serve");
  const url = await again.listening();
  await answers(url, token, 200);
  await answers(url, first.secret, 401);
  await answers(url, next.secret, 200);
  const listed = JSON.parse((await here.run({}, "token", "list", "--json")).stdout) as {
    tokens: Record<string, string>[];
  };
  expect(listed.tokens).toMatchObject([
    { name: "okta", id: next.id, lastUsedAt: expect.any(String), state: "live" },
    { name: "entra", id: client.id, lastUsedAt: expect.any(String), state: "expiring" },
  ]);
  logs.push((await again.stop()).stdout);

  for (const log of logs) {
    expect(log).toContain('"msg":"credentials"');
    expect(log).toMatch(/"credential":"client","name":"entra","state":"expiring"/);
    for (const secret of [first.secret, next.secret, client.secret, token, token.split(".")[2] ?? ""])
      expect(log).not.toContain(secret);
  }
});

test("a mapping is none of a token's business; short tokens and half a federation are told with all the rest", async () => {
  expect((await here.run({ MAPPING_FILE: "nowhere" }, "token", "create", "--name", "x")).code).toBe(0);
  const { code, stderr } = await here.run(
    {
      ...settingsFor(sandbox),
      SCIM_BEARER_TOKEN: "short",
      ADMIN_TOKEN: "shorter",
      WIF_TENANT_ID: "common",
      WIF_JWKS_URL: "http://keys.example/",
      OAUTH_TOKEN_LIFETIME: "7h",
    },
    "serve",
  );
  expect([code, stderr.trim().split("\n").slice(1)]).toEqual([
    2,
    [
      '  OAUTH_TOKEN_LIFETIME must be a duration from 5m to 6h such as 1h, not "7h".',
      '  WIF_TENANT_ID must be the id of the tenant, a GUID, not "common".',
      '  WIF_JWKS_URL must be an https URL, not "http://keys.example/".',
      expect.stringContaining("SCIM_BEARER_TOKEN holds a token of fewer than 16 characters"),
      expect.stringContaining("ADMIN_TOKEN has fewer than 16 characters"),
      expect.stringContaining("WIF_AUDIENCE and WIF_SUBJECT are required, as WIF_TENANT_ID and WIF_JWKS_URL are set"),
    ],
  ]);
});
