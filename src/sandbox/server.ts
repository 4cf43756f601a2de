import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { refused, render, type Answer, type Rendered } from "./answers.js";
import { falseAnswer, hasEffect, type Fault, type Faults } from "./faults.js";
import { readBody, type ApiRequest, type Body } from "./request.js";
import type { Site } from "./routing.js";

/** One request as received; `status` is 0 until answered, and stays so when no answer went out. */
export interface SandboxCall {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly status: number;
  /** `schema`: the vendor's schema does not allow this request; otherwise the kind of the injected fault. */
  readonly fault?: Fault["kind"] | "schema";
}

type Recording = { -readonly [Key in keyof SandboxCall]: SandboxCall[Key] };

/** Newest requests that are remembered: a demo may run for weeks. */
const REMEMBERED_CALLS = 100_000;

export function apiServer(
  site: Site,
  route: (request: ApiRequest, site: Site) => Answer,
  faults: Faults,
  calls: Recording[],
): Server {
  let serial = 0;
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const request = await read(incoming);
    const call = record(calls, request, site.now());
    const fault = faults.next(call);
    if (fault !== undefined) call.fault = fault.kind;
    const answer = fault === undefined || hasEffect(fault) ? answerTo(request, site, route) : undefined;
    if (answer?.kind === "refused" && answer.schema === true) call.fault ??= "schema";
    const substitute = fault && falseAnswer(fault, site.now());
    const shown = substitute ?? answer;
    // What a date in Retry-After is to be read against.
    outgoing.setHeader("date", new Date(site.now()).toUTCString());
    await send(outgoing, shown && render(shown, ++serial), fault, call);
  };
  return createServer((incoming, outgoing) => {
    // Only a connection that the client broke off can fail here.
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
}

function answerTo(request: ApiRequest, site: Site, route: (request: ApiRequest, site: Site) => Answer): Answer {
  try {
    return route(request, site);
  } catch (error) {
    // Contract 2.1: on a 500 the detail is the exception's text.
    return refused(500, error instanceof Error ? error.message : String(error));
  }
}

async function read(incoming: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const { pathname, searchParams } = new URL(incoming.url ?? "/", "http://sandbox");
  return {
    method: incoming.method ?? "GET",
    path: pathname,
    query: searchParams,
    headers: incoming.headers,
    body: readBody(Buffer.concat(chunks).toString(), incoming.headers["content-type"] ?? ""),
  };
}

function record(calls: Recording[], request: ApiRequest, at: number): Recording {
  const { method, path, query, body } = request;
  const call = { at, method, path, query: Object.fromEntries(query), body: recorded(body), status: 0 };
  calls.push(call);
  if (calls.length > REMEMBERED_CALLS) calls.splice(0, REMEMBERED_CALLS / 10);
  return call;
}

const recorded = (body: Body): unknown => (body.kind === "json" ? body.value : undefined);

async function send(
  outgoing: ServerResponse,
  rendered: Rendered | undefined,
  fault: Fault | undefined,
  call: Recording,
): Promise<void> {
  if (fault?.kind === "silence") return;
  if (rendered === undefined || fault?.kind === "reset") {
    outgoing.socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind === "slow") await delay(fault.ms, undefined, { ref: false });
  call.status = rendered.status;
  const bytes = Buffer.from(rendered.text);
  outgoing.writeHead(rendered.status, { ...rendered.headers, ...lengthOf(rendered, bytes) });
  if (fault?.kind === "truncated") outgoing.write(bytes.subarray(0, bytes.length / 2), () => outgoing.destroy());
  else outgoing.end(bytes);
}

// RFC 9110 §8.6: no Content-Length with a 204.
const lengthOf = ({ status }: Rendered, bytes: Buffer): Record<string, number> =>
  status === 204 ? {} : { "content-length": bytes.length };
