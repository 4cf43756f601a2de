// What no HTTP client can send: broken framing, contradicting lengths, line ends where there should be none.
import * as hostile from "../hostile.js";
import { AUTHORIZATION, TOKEN, type HostileRequest, type Make } from "../request.js";

const HEAD = `Host: x\r\nAuthorization: ${AUTHORIZATION[1]}\r\nContent-Type: application/scim+json\r\n`;
const BODY = '{"userName":"smuggled@x.example"}';

/** Each must be refused, or never come to an answer. */
const BROKEN: readonly string[] = [
  "\r\n\r\n\r\n",
  "GET\r\n\r\n",
  "\0\0\0\0\r\n\r\n",
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  `GET /scim/v2/Users HTTP/9.9\r\n${HEAD}\r\n`,
  `GET /scim/v2/Users HTTP/1.1\r\nAuthorization: ${AUTHORIZATION[1]}\r\n\r\n`,
  `get /scim/v2/Users HTTP/1.1\r\n${HEAD}\r\n`,
  `GET /scim/v2/Users x HTTP/1.1\r\n${HEAD}\r\n`,
  `GET /scim/v2/Users HTTP/1.1\r\n${HEAD}X Y: 1\r\n\r\n`,
  `GET /scim/v2/Users HTTP/1.1\r\n${HEAD}: empty\r\n\r\n`,
  `GET /scim/v2/Users HTTP/1.1\r\n${HEAD}X: a\0b\r\n\r\n`,
  `GET /scim/v2/Users HTTP/1.1\r\n${HEAD}X: ${"x".repeat(20_000)}\r\n\r\n`,
  `GET /scim/v2/Users HTTP/1.1\r\n${"X: y\r\n".repeat(5_000)}${HEAD}\r\n`,
  `GET /${"a".repeat(40_000)} HTTP/1.1\r\n${HEAD}\r\n`,
  `CONNECT 127.0.0.1:22 HTTP/1.1\r\n${HEAD}\r\n`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Content-Length: -1\r\n\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Content-Length: 1e3\r\n\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Content-Length: 99999999999999999999\r\n\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Content-Length: 5000\r\n\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Content-Length: 3\r\n\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Content-Length: ${BODY.length}\r\nContent-Length: 1\r\n\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Content-Length: ${BODY.length}\r\nTransfer-Encoding: chunked\r\n\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n${BODY}\r\n0\r\n\r\n`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Transfer-Encoding: identity\r\n\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n`,
  `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wrong\r\nAuthorization: ${AUTHORIZATION[1]}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  `POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer\r\n ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  `DELETE /scim/v2/Users HTTP/1.0\r\n\r\n`,
];

const raw = (bytes: Buffer, expect: HostileRequest["expect"]): HostileRequest => ({
  kind: "raw",
  method: "GET",
  target: "",
  headers: [],
  expect,
  alone: true,
  bytes,
});

export const broken: Make = (random) => raw(Buffer.from(random.pick(BROKEN), "latin1"), "refused");

/** A whole valid message, bytes of it changed: what becomes of it nobody can say. */
export const mutatedMessage: Make = (random, { users }) => {
  const body = `{"userName":"raw-${random.below(100_000)}@x.example","title":"t"}`;
  const message = random.pick([
    `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`,
    `PUT /scim/v2/Users/${random.pick(users)} HTTP/1.1\r\n${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`,
    `POST /scim/v2/Users HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    `GET /scim/v2/Users?count=1 HTTP/1.1\r\n${HEAD}\r\n`.repeat(3),
  ]);
  return raw(hostile.mutated(random, Buffer.from(message)), "any");
};
