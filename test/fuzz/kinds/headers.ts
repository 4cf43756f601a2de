// Headers: types, encodings, versions, authorisation, junk.
import { deflateSync, gzipSync } from "node:zlib";
import * as hostile from "../hostile.js";
import type { Random } from "../../support/random.js";
import { AUTHORIZATION, JSON_TYPE, TOKEN, withBody, type Header, type HostileRequest, type Make } from "../request.js";
import { someone } from "./bodies.js";

/** Of a header's value: anything that is no line end. */
const latin = (random: Random): string =>
  random
    .pick([hostile.text(random), random.bytes(random.below(40)).toString("latin1"), "x".repeat(random.below(3_000))])
    .replace(/[^\t\x20-\x7e\x80-\xff]/g, "?");

const user = (random: Random): string => `{"userName":"header-${random.below(1_000_000)}@x.example"}`;

export const contentType: Make = (random) => {
  const type = random.pick([
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json+scim",
    "application/*",
    "*/*",
    "json",
    "",
    ";",
    "application/scim+json; charset",
    'application/json; charset="',
    "application/json; charset=utf-8; charset=utf-16",
    "application/xml",
    "multipart/form-data; boundary=x",
    "__proto__",
    "application/json\t;x",
    "application/scim+json;;;=",
    latin(random),
  ]);
  const plain = withBody("content-type", "POST", "/Users", user(random));
  return { ...plain, headers: [AUTHORIZATION, ["Content-Type", type]] };
};

const BOMB = gzipSync(Buffer.alloc(40 * 1024 * 1024, 32));

export const contentEncoding: Make = (random) => {
  const text = Buffer.from(user(random));
  const [encoding, body, expect] = random.pick<readonly [string, Buffer, HostileRequest["expect"]]>([
    ["gzip", text, "refused"],
    ["gzip", gzipSync(text).subarray(0, 15), "refused"],
    ["gzip", hostile.mutated(random, gzipSync(text)), "any"],
    ["gzip", BOMB, "refused"],
    ["gzip", Buffer.concat([gzipSync(text), gzipSync(text)]), "refused"],
    ["deflate", deflateSync(text).subarray(1), "refused"],
    ["br", random.bytes(50), "refused"],
    ["gzip, gzip", gzipSync(gzipSync(text)), "refused"],
    ["identity", text, "any"],
    ["__proto__", text, "refused"],
    ["constructor", text, "refused"],
    ["", text, "any"],
    [latin(random), text, "any"],
  ]);
  const plain = withBody("content-encoding", "POST", "/Users", body, { expect });
  return { ...plain, headers: [...plain.headers, ["Content-Encoding", encoding]] };
};

const VERSIONS = [
  "",
  "*",
  "W/",
  'W/"',
  '"',
  "W/*",
  'W/"0"',
  'W/"-1"',
  '"1e0"',
  "1",
  "W/1",
  '""',
  ",",
  'W/"9007199254740993"',
  "__proto__",
  `${'W/"-7",'.repeat(500)}`,
];

/** None of them is a version that something has. */
export const ifMatch: Make = (random, targets) => {
  const of = random.pick(["Users", "Groups"] as const);
  const version = random.pick(VERSIONS.filter((each) => each !== "*" && each !== ""));
  const [method, body] = random.pick([
    ["DELETE", undefined],
    ["PUT", '{"userName":"x","displayName":"x"}'],
    [
      "PATCH",
      '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"title","value":"y"}]}',
    ],
  ] as const);
  return {
    kind: "if-match",
    method,
    target: `/scim/v2/${of}/${someone(random, targets, of)}`,
    headers: [AUTHORIZATION, JSON_TYPE, ["If-Match", version]],
    expect: "refused",
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  };
};

const NAMES = [
  "Accept",
  "Accept-Encoding",
  "X-Request-Id",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "Host",
  "Forwarded",
  "Cookie",
  "Range",
  "Expect",
  "Upgrade",
  "Connection",
  "TE",
  "Trailer",
  "Transfer-Encoding",
  "X-HTTP-Method-Override",
  "If-None-Match",
  "Content-Range",
  "Origin",
  "__proto__",
  "constructor",
  "X",
];

export const junk: Make = (random, { users }) => {
  const headers = random.times(8, (): Header => [random.pick(NAMES.slice(0, 14)), latin(random)]);
  const method = random.pick(["GET", "GET", "HEAD"]);
  const more = random.times(2, (): Header => [random.pick(NAMES.slice(16)), latin(random)]);
  // Expectations and upgrades leave the connection in doubt.
  return {
    kind: "junk-headers",
    method,
    target: `/scim/v2/Users/${random.pick(users)}`,
    headers: [AUTHORIZATION, ...headers, ...more],
    expect: "any",
    alone: true,
  };
};

const CREDENTIALS: readonly (string | undefined)[] = [
  undefined,
  "",
  "Bearer",
  "Bearer ",
  "bearer null",
  "Basic c2NpbTp4",
  `Basic ${TOKEN}`,
  `Bearer ${TOKEN}x`,
  `Bearer ${TOKEN.slice(1)}`,
  `Bearer ${TOKEN.toUpperCase()}`,
  `Bearer  ${TOKEN} x`,
  `Bearer ${TOKEN},${TOKEN}`,
  `Bearer "${TOKEN}"`,
  "Bearer __proto__",
  "Bearer admin-token-for-tests-only",
  `Digest ${TOKEN}`,
  `Bearer\t${TOKEN}`,
  `Bearer=${TOKEN}`,
  `Token ${TOKEN}`,
  "Bearer " + "x".repeat(8_000),
  `Bearer ${"é".repeat(20)}`,
  "Bearer scim-token-for-tests-onl\xff",
];

/** Any other request without the token. */
export const unauthorized =
  (make: Make): Make =>
  (random, targets) => {
    const request = make(random, targets);
    const credentials = random.pick(CREDENTIALS);
    const rest = request.headers.filter(([name]) => name !== "Authorization");
    return {
      ...request,
      kind: `unauthorized ${request.kind}`,
      headers: credentials === undefined ? rest : [["Authorization", credentials], ...rest],
      expect: "unauthorized",
      // The answer does not wait for the body, which may then be read as the next request.
      alone: true,
    };
  };
