// OAuth 2.0 client credentials: a secret for a token that lasts an hour (RFC 6749 §4.4, §5).
import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import type { NewCredential } from "../../src/access/index.js";
import { FIXED, HEARD_MS, house, type Answer, type Front, type House } from "./front.js";

const HOUR_MS = 3_600_000;

let here: House;
let front: Front;
let client: NewCredential;
beforeEach(async () => {
  here = await house();
  client = await here.desk.createToken({ name: "entra", kind: "client", expires: "365d" });
  front = await here.open();
});
afterEach(() => here.close());

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString("base64")}`,
});
const idOf = ({ clientId = "" }: NewCredential) => clientId;
const post = (of = client, at = front) =>
  at.oauth({ grant_type: "client_credentials", client_id: idOf(of), client_secret: of.secret, scope: "scim" });
const tokenIn = ({ body }: Answer) => String(body["access_token"]);

test("client_secret_post and client_secret_basic: a bearer token for SCIM, never to be cached", async () => {
  const form = { grant_type: "client_credentials" };
  for (const answer of [await post(), await front.oauth(form, basic(idOf(client), client.secret))]) {
    expect(answer).toMatchObject({
      status: 200,
      headers: { "cache-control": "no-store", pragma: "no-cache" },
      body: { token_type: "Bearer", expires_in: 3600, scope: "scim", access_token: expect.any(String) },
    });
    // The first time it is verified, afterwards it is known.
    for (let n = 0; n < 3; n++) expect(await front.status(tokenIn(answer))).toBe(200);
  }
  expect(front.events.filter(({ kind }) => kind === "token-request")).toMatchObject([
    { outcome: "issued", name: "entra" },
    { outcome: "issued", name: "entra" },
  ]);
});

test("what is written with it is audited under the client's name", async () => {
  const user = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "ada@acme.example" };
  const { body } = await front.scim("POST", "/Users", tokenIn(await post()), user);
  expect(await front.store.inquiries.history(String(body["id"]), 1)).toMatchObject([{ actor: "entra" }]);
});

test("it lasts as long as it says, by the bridge's clock, and no longer than its client", async () => {
  const short = await here.desk.createToken({ name: "short", kind: "client", expires: "10m" });
  await here.pass(HEARD_MS);
  const [long, brief] = [await post(), await post(short)];
  expect([long.body["expires_in"], brief.body["expires_in"]]).toEqual([3600, 597]);
  const statuses = async () => [await front.status(tokenIn(long)), await front.status(tokenIn(brief))];
  expect(await statuses()).toEqual([200, 200]);
  here.clock.step(600_000);
  await here.pass(HEARD_MS);
  expect(await statuses()).toEqual([200, 401]);
  here.clock.step(HOUR_MS - 660_000);
  await here.pass(HEARD_MS);
  expect(await front.status(tokenIn(long))).toBe(200);
  here.clock.step(58_000);
  expect(await front.status(tokenIn(long))).toBe(401);
  const fresh = await here.open();
  expect(await fresh.status(tokenIn(long))).toBe(401);
});

test("another lifetime", async () => {
  const other = await here.open({ oauthTokenLifetimeMs: 6 * HOUR_MS });
  expect((await post(client, other)).body["expires_in"]).toBe(21_600);
});

test("two secrets of a client at once; what was had by one ends when it is revoked, and the other stays", async () => {
  const next = await here.desk.createToken({ name: "entra", kind: "client", expires: "365d" });
  expect(next.clientId).toBe(client.clientId);
  await here.pass(HEARD_MS);
  const tokens = [tokenIn(await post()), tokenIn(await post(next))] as const;
  const statuses = async (at = front) => Promise.all(tokens.map((token) => at.status(token)));
  expect(await statuses()).toEqual([200, 200]);
  await here.desk.revokeToken(client.id, false);
  await here.pass(HEARD_MS);
  expect(await statuses()).toEqual([401, 200]);
  expect([(await post()).status, (await post(next)).status]).toEqual([401, 200]);
});

test("all processes on a store know each other's tokens, and so does the next one after all have ended", async () => {
  const other = await here.open();
  const token = tokenIn(await post());
  expect(await other.status(token)).toBe(200);
  await front.close();
  await other.close();
  expect(await (await here.open()).status(token)).toBe(200);
});

describe("who is no client gets nothing", () => {
  const form = () => ({ grant_type: "client_credentials", client_id: idOf(client), client_secret: client.secret });
  const refused = async (changes: Readonly<Record<string, string>>, headers = {}) => {
    const { status, body, headers: answered } = await front.oauth({ ...form(), ...changes }, headers);
    expect(answered["cache-control"]).toBe("no-store");
    expect(String(body["error_description"])).not.toContain(client.secret);
    return [status, body["error"]];
  };

  test("a wrong secret, id or kind of credential: invalid_client", async () => {
    const token = await here.desk.createToken({ name: "okta", kind: "token", expires: "1d" });
    const another = await here.desk.createToken({ name: "other", kind: "client", expires: "1d" });
    await here.pass(HEARD_MS);
    for (const changes of [
      { client_secret: client.secret.slice(0, -1) },
      { client_secret: "" },
      { client_id: "another" },
      { client_id: "" },
      { client_secret: another.secret },
      { client_secret: token.secret },
      { client_secret: FIXED },
      {
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: "x",
        client_secret: "",
      },
    ])
      expect((await refused(changes))[0]).not.toBe(200);
    expect(await refused({ client_secret: "wrong" })).toEqual([401, "invalid_client"]);
    expect(await front.status(client.secret)).toBe(401);
  });

  test("by header: told in the scheme that was tried", async () => {
    for (const authorization of [
      basic(idOf(client), "wrong").authorization,
      "Basic !!!",
      `Basic ${Buffer.from("nothing-joined").toString("base64")}`,
      `Basic ${Buffer.from("a%zz:b").toString("base64")}`,
      "Bearer x",
    ]) {
      const answer = await front.oauth({ grant_type: "client_credentials" }, { authorization });
      expect([answer.status, answer.body["error"]]).toEqual([401, "invalid_client"]);
      expect(answer.headers["www-authenticate"]).toBe('Basic realm="oauth"');
    }
  });

  test("what is no request for a token", async () => {
    expect(await refused({ grant_type: "password" })).toEqual([400, "unsupported_grant_type"]);
    expect(await refused({ grant_type: "" })).toEqual([400, "invalid_request"]);
    expect(await refused({}, basic(idOf(client), client.secret))).toEqual([400, "invalid_request"]);
    const text = new URLSearchParams(form()).toString();
    const asked = async (body: string, headers = {}) => (await front.oauth(body, headers)).body["error"];
    expect(await asked(`${text}&client_id=x`)).toBe("invalid_request");
    expect(await asked(JSON.stringify(form()), { "content-type": "application/json" })).toBe("invalid_request");
    expect(await asked(`${text}&padding=${"x".repeat(20_000)}`)).toBe("invalid_request");
    expect(await asked("")).toBe("invalid_request");
  });

  test("an expired client", async () => {
    here.clock.step(365 * 24 * HOUR_MS);
    await here.pass(HEARD_MS);
    expect(await refused({})).toEqual([401, "invalid_client"]);
  });

  test("while it cannot be told who is revoked: try again", async () => {
    here.breakStore(true);
    await here.pass(65_000);
    const { status, headers, body } = await post();
    expect([status, headers["retry-after"], body["error"]]).toEqual([503, "5", "temporarily_unavailable"]);
  });
});

describe("no other JWT is let in", () => {
  const claimsOf = async () => decodeJwt(tokenIn(await post()));
  const sign = (claims: object, header: object, key: Uint8Array) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256", typ: "at+jwt", ...header }).sign(key);
  const stored = async () =>
    Buffer.from((await front.store.credentials.signingKey({ id: "x", secret: "x" }, 0)).secret, "base64url");

  test("signed by another key, or by none, or for another bridge, or of another type", async () => {
    const [claims, key] = [await claimsOf(), await stored()];
    const none = [{ alg: "none", typ: "at+jwt" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const forged = [
      await sign(claims, {}, Buffer.alloc(32, 1)),
      `${none}.`,
      await sign({ ...claims, aud: "https://elsewhere.example" }, {}, key),
      await sign({ ...claims, iss: "https://elsewhere.example" }, {}, key),
      await sign({ ...claims, cid: "000000000000" }, {}, key),
      await sign({ ...claims, cid: undefined }, {}, key),
      await sign({ ...claims, exp: undefined }, {}, key),
      await sign({ ...claims, exp: 1 }, {}, key),
      await sign(claims, { typ: "JWT" }, key),
    ];
    expect(await Promise.all(forged.map((token) => front.status(token)))).toEqual(forged.map(() => 401));
    expect(await front.status(await sign(claims, {}, key))).toBe(200);
  });

  test("its signature cut, its claims exchanged", async () => {
    const token = tokenIn(await post());
    const [head = "", body = "", signature = ""] = token.split(".");
    const other = Buffer.from(JSON.stringify({ ...decodeJwt(token), exp: 9_999_999_999 })).toString("base64url");
    for (const forged of [`${head}.${body}.`, `${head}.${other}.${signature}`, `${token}x`, `${head}.${body}`])
      expect(await front.status(forged)).toBe(401);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: "HS256", typ: "at+jwt" });
    expect(
      createHmac("sha256", await stored())
        .update(`${head}.${body}`)
        .digest("base64url"),
    ).toBe(signature);
  });
});
