import type { Random } from "../support/random.js";

export type Header = readonly [name: string, value: string];

/** One request as bytes on a socket: nothing in it needs to be what a client library would let through. */
export interface HostileRequest {
  readonly kind: string;
  readonly method: string;
  /** Of the request line, latin1. */
  readonly target: string;
  readonly headers: readonly Header[];
  readonly body?: Buffer;
  /** `refused`: a 2xx would be a fault. `unauthorized`: 401 (429 after a hundred of them), whatever else is wrong. */
  readonly expect: "any" | "refused" | "unauthorized";
  /** Leaves the connection in doubt: it has one of its own. */
  readonly alone?: boolean;
  /** In place of method, target, headers and body; there may be any number of answers. */
  readonly bytes?: Buffer;
}

/** What the directory holds, for requests that aim at something. */
export interface Targets {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

export type Make = (random: Random, targets: Targets) => HostileRequest;

export const TOKEN = "scim-token-for-tests-only";
export const AUTHORIZATION: Header = ["Authorization", `Bearer ${TOKEN}`];
export const JSON_TYPE: Header = ["Content-Type", "application/scim+json"];

export function withBody(
  kind: string,
  method: string,
  path: string,
  body: Buffer | string,
  more: Partial<HostileRequest> = {},
): HostileRequest {
  const headers = [AUTHORIZATION, JSON_TYPE];
  return { kind, method, target: `/scim/v2${path}`, headers, body: Buffer.from(body), expect: "any", ...more };
}

export const reading = (kind: string, path: string, more: Partial<HostileRequest> = {}): HostileRequest => ({
  kind,
  method: "GET",
  target: `/scim/v2${path}`,
  headers: [AUTHORIZATION],
  expect: "any",
  ...more,
});

/** `Content-Length` is added where nothing is said of the length. */
export function bytesOf({ bytes, method, target, headers, body }: HostileRequest): Buffer {
  if (bytes) return bytes;
  const said = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const length: readonly Header[] = body && !said ? [["Content-Length", String(body.length)]] : [];
  const lines = [["Host", "127.0.0.1"] as const, ...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`, "latin1"),
    body ?? Buffer.alloc(0),
  ]);
}
