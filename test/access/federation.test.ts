// Workload identity federation: a JWT of Entra ID in place of a client's secret, checked against the issuer's keys.
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type CryptoKey, type JWK } from "jose";
import { HEARD_MS, house, type Answer, type Front, type House } from "./front.js";

const TENANT = "8f1f1c8e-0d6e-4a3c-9a50-3b0f6c2d7a11";
const ISSUER = `https://login.microsoftonline.com/${TENANT}/v2.0`;
const AUDIENCE = "api://label-studio-scim-bridge";
const SUBJECT = "5d0b2f0a-6a1c-4b0e-8f5e-1f2e3d4c5b6a";
const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** Issuer's keys at an address of their own. */
interface Issuer {
  readonly url: string;
  readonly server: Server;
  asked: number;
  answer: { readonly status: number; readonly body: string };
}

let publicKey: CryptoKey;
let privateKey: CryptoKey;
let other: CryptoKey;
let jwk: JWK;
beforeAll(async () => {
  ({ publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true }));
  other = (await generateKeyPair("RS256")).privateKey;
  jwk = { ...(await exportJWK(publicKey)), kid: "key-1", use: "sig", alg: "RS256" };
});

let here: House;
let issuer: Issuer;
let front: Front;
const identity = () => ({ issuer: ISSUER, audience: AUDIENCE, subject: SUBJECT, jwksUrl: issuer.url });
beforeEach(async () => {
  here = await house();
  issuer = await startIssuer();
  front = await here.open({ scimTokens: [], workloadIdentity: identity() });
});
afterEach(async () => {
  await here.close();
  issuer.server.closeAllConnections();
  issuer.server.close();
});

async function startIssuer(): Promise<Issuer> {
  const keys: { asked: number; answer: Issuer["answer"] } = {
    asked: 0,
    answer: { status: 200, body: JSON.stringify({ keys: [jwk] }) },
  };
  const server = createServer((_request, response) => {
    keys.asked += 1;
    response.writeHead(keys.answer.status, { "content-type": "application/json" }).end(keys.answer.body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/discovery/v2.0/keys`;
  return Object.assign(keys, { url, server });
}

const seconds = () => Math.floor(here.clock.now() / 1_000);
const claims = (changes: object = {}) => ({
  ...{ iss: ISSUER, aud: AUDIENCE, sub: SUBJECT, tid: TENANT },
  ...{ iat: seconds(), nbf: seconds(), exp: seconds() + 3_600 },
  ...changes,
});
const sign = (changes: object = {}, header: object = {}, key: CryptoKey | Uint8Array = privateKey) =>
  new SignJWT(claims(changes)).setProtectedHeader({ alg: "RS256", typ: "JWT", kid: "key-1", ...header }).sign(key);
const send = (client_assertion: string, changes: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  front.oauth({
    ...{ grant_type: "client_credentials", client_id: "the-app", scope: "scim" },
    ...{ client_assertion_type: JWT_BEARER, client_assertion },
    ...changes,
  });
const errorOf = async (assertion: string | Promise<string>) => {
  const { status, body } = await send(await assertion);
  return [status, body["error"], body["error_description"]];
};
const refused = (reason: string) => [401, "invalid_client", expect.stringContaining(reason)];

test("the workload gets a token, writes under its name, and its issuer is asked once", async () => {
  for (let n = 0; n < 3; n++) {
    const { status, body } = await send(await sign());
    expect([status, body]).toMatchObject([200, { token_type: "Bearer", expires_in: 3600, scope: "scim" }]);
    expect(await front.status(String(body["access_token"]))).toBe(200);
  }
  expect(issuer.asked).toBe(1);
  expect(front.events.find(({ kind }) => kind === "scim-request")).toMatchObject({ token: "workload-identity" });
});

test.each<readonly [string, () => object, string]>([
  ["another audience", () => ({ aud: "api://somebody-else" }), "WIF_AUDIENCE"],
  ["another tenant", () => ({ iss: ISSUER.replace("8f1f", "0000") }), "WIF_TENANT_ID"],
  ["another workload", () => ({ sub: "another" }), "WIF_SUBJECT"],
  ["no subject", () => ({ sub: undefined }), "sub is missing"],
  ["no end", () => ({ exp: undefined }), "exp is missing"],
  ["an end that has passed", () => ({ exp: seconds() - 61 }), "expired"],
  ["a beginning to come", () => ({ nbf: seconds() + 120 }), "nbf"],
])("refused with %s", async (_what, changes, reason) => {
  expect(await errorOf(sign(changes()))).toEqual(refused(reason));
});

test("clocks may differ by a minute", async () => {
  expect((await send(await sign({ exp: seconds() - 30, nbf: seconds() + 30 }))).status).toBe(200);
});

describe("refused by its signature", () => {
  test("of another key, under the name of the issuer's", async () => {
    expect(await errorOf(sign({}, {}, other))).toEqual(refused("signature"));
  });

  test("of a key that the issuer does not have: asked for once, not for each stranger", async () => {
    expect((await send(await sign())).status).toBe(200);
    for (let n = 0; n < 5; n++)
      expect(await errorOf(sign({}, { kid: `key-${n + 2}` }, other))).toEqual(refused("no such key"));
    expect(issuer.asked).toBe(1);
  });

  test("by no algorithm at all", async () => {
    const parts = [{ alg: "none", kid: "key-1" }, claims()].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    expect(await errorOf(`${parts.join(".")}.`)).toEqual([401, "invalid_client", expect.any(String)]);
  });

  test("by HS256, with the published key as the secret", async () => {
    for (const secret of [await exportSPKI(publicKey), JSON.stringify(jwk), String(jwk.n)])
      expect(await errorOf(sign({}, { alg: "HS256" }, Buffer.from(secret)))).toEqual(refused("RS256"));
  });

  test("by another algorithm that the key could have signed with", async () => {
    const ps = await generateKeyPair("PS256");
    expect(await errorOf(sign({}, { alg: "PS256" }, ps.privateKey))).toEqual(refused("RS256"));
  });

  test.each(["", "x", "a.b.c", "e30.e30.e30"])("%j, which is none", async (text) => {
    const [status, error] = await errorOf(text);
    expect([status, error]).toEqual([401, "invalid_client"]);
  });

  test("of a JWT that brings its own key, or says where it is", async () => {
    const bringing = { jwk: { ...jwk, kid: "key-9" }, jku: "http://127.0.0.1:9/keys", kid: "key-9" };
    expect(await errorOf(sign({}, bringing, other))).toEqual(refused("no such key"));
  });
});

describe("the issuer's keys cannot be had", () => {
  const unavailable = [503, "temporarily_unavailable", expect.stringContaining("/discovery/v2.0/keys")];

  test.each([
    ["an error", 500, "{}"],
    ["no JSON", 200, "<html>"],
    ["no keys", 200, "{}"],
    ["a redirection", 302, ""],
    ["more than anybody's keys are", 200, " ".repeat(2 * 1024 * 1024)],
  ])(
    "%s: nobody is let in, nobody is told to be wrong, and strangers do not have it asked again and again",
    async (_what, status, body) => {
      issuer.answer = { status, body };
      expect(await errorOf(sign())).toEqual(unavailable);
      issuer.answer = { status: 200, body: JSON.stringify({ keys: [jwk] }) };
      const asked = issuer.asked;
      expect(await errorOf(sign())).toEqual(unavailable);
      expect(issuer.asked).toBe(asked);
      here.clock.step(5_000);
      expect((await send(await sign())).status).toBe(200);
    },
  );

  test("nobody answers there", async () => {
    issuer.server.closeAllConnections();
    issuer.server.close();
    expect(await errorOf(sign())).toEqual(unavailable);
    // What was refused for this is no guess.
    for (let n = 0; n < 101; n++) expect((await errorOf(sign()))[0]).toBe(503);
  });
});

test("without it being set, and by another type of assertion, nobody is let in", async () => {
  const bare = await here.open();
  const form = { grant_type: "client_credentials", client_assertion: await sign(), client_assertion_type: JWT_BEARER };
  expect((await bare.oauth(form)).body["error"]).toBe("invalid_client");
  expect((await send(await sign(), { client_assertion_type: "urn:other" })).body["error"]).toBe("invalid_client");
  expect((await send(await sign(), { client_secret: "x" })).body["error"]).toBe("invalid_request");
});

test("what was granted under other settings ends with them", async () => {
  const token = String((await send(await sign())).body["access_token"]);
  const same = await here.open({ scimTokens: [], workloadIdentity: identity() });
  const changed = await here.open({ scimTokens: [], workloadIdentity: { ...identity(), subject: "another" } });
  await here.pass(HEARD_MS);
  expect([await front.status(token), await same.status(token), await changed.status(token)]).toEqual([200, 200, 401]);
});
