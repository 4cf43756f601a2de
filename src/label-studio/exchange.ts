import { request, type Dispatcher } from "undici";
import type { BridgeEvent, Emit } from "../events.js";
import type { Clock, Errand, Permit, Urgency } from "../ports.js";
import { permitLost } from "./permit.js";
import type { Slot } from "./pace.js";
import { asObject } from "./wire.js";

/** One page of 500 members is below 1 MiB; this only stops a runaway answer from taking the memory. */
const LARGEST_BODY_BYTES = 32 * 1024 * 1024;

/** One request as data. Names are those of the events and of `facts.reason`. */
export interface Call {
  readonly name: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With or without the trailing slash exactly as in the table of contract 2.0: a wrong one is a 404 in HTML. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly urgency: Urgency;
  /** Statuses beside 2xx that the caller reads itself. */
  readonly alsoFine?: readonly number[];
  /** Asked when the call has its turn, which may be long after it was wanted; false: it is not sent. */
  readonly stillWanted?: () => Promise<boolean>;
  readonly errand?: Errand;
}

export type Exchange =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** undefined: no body, or one that is not JSON (possible outside 2xx only), or a 404 (contract 2.0). */
      readonly json: unknown;
      readonly retryAfterMs: number | undefined;
      readonly location: string | undefined;
      /** The server's clock when it answered (RFC 9110 §6.6.1). */
      readonly serverNow: number | undefined;
    }
  /** No usable answer: whether the request was carried out is unknown. */
  | { readonly kind: "broken"; readonly status: number | undefined; readonly words: string; readonly cause?: unknown };

/** What every request shares. */
export interface Line {
  /** Without trailing slash. */
  readonly baseUrl: string;
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  readonly permit: Permit;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly newCallId: () => string;
}

/** Sends one request and reads the whole answer within the timeout. Never throws, never repeats, never redirects. */
export async function exchange(
  line: Line,
  call: Call,
  authorization: string | undefined,
  slot: Slot,
): Promise<Exchange> {
  const startedAt = line.clock.now();
  const result = await withinTimeout(line, (signal) => roundTrip(line, call, authorization, slot, signal));
  const status = result.status;
  const durationMs = Math.max(0, line.clock.now() - startedAt);
  line.emit({
    kind: "upstream-call",
    method: call.method,
    call: call.name,
    outcome: outcomeOf(result),
    status,
    durationMs,
    errand: call.errand,
    callId: line.newCallId(),
    skewMs: skewOf(result, startedAt + durationMs / 2),
  });
  return result;
}

/** `Date` has whole seconds, rounded down: half of one is what it is short of on average. */
const skewOf = (result: Exchange, halfway: number): number | undefined =>
  result.kind === "answer" && result.serverNow !== undefined ? Math.round(result.serverNow + 500 - halfway) : undefined;

// Without a reason each abort makes an error with a stack.
const FINISHED = "finished";

async function withinTimeout(line: Line, send: (signal: AbortSignal) => Promise<Exchange>): Promise<Exchange> {
  const stopped = new AbortController();
  const finished = new AbortController();
  void line.clock.sleep(line.timeoutMs, finished.signal).then(() => {
    if (!finished.signal.aborted) stopped.abort(new Error(`no complete answer within ${line.timeoutMs} ms`));
  });
  void permitLost(line, finished.signal).then((isLost) => {
    if (isLost) stopped.abort(new Error("another process of the bridge does this now"));
  });
  try {
    return await send(stopped.signal);
  } catch (cause) {
    return { kind: "broken", status: undefined, words: networkWords(stopped.signal.reason ?? cause), cause };
  } finally {
    finished.abort(FINISHED);
  }
}

async function roundTrip(
  line: Line,
  call: Call,
  authorization: string | undefined,
  slot: Slot,
  signal: AbortSignal,
): Promise<Exchange> {
  const query = call.query === undefined ? "" : `?${new URLSearchParams(call.query).toString()}`;
  const { statusCode, headers, body } = await request(`${line.baseUrl}${call.path}${query}`, {
    method: call.method,
    headers: {
      accept: "application/json",
      "user-agent": "label-studio-scim-bridge",
      ...(authorization === undefined ? {} : { authorization }),
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
    },
    body: call.body === undefined ? null : JSON.stringify(call.body),
    dispatcher: line.dispatcher.compose(reportSend(line.permit, () => slot.sent())),
    signal,
  });
  const text = await readText(body);
  const serverNow = instant(one(headers.date));
  const retryAfterMs = retryAfter(one(headers["retry-after"]), serverNow ?? line.clock.now());
  if (statusCode === 429 || (statusCode === 503 && retryAfterMs !== undefined)) slot.throttled(retryAfterMs);
  const parsed = statusCode === 404 ? { json: undefined } : parse(text);
  if (parsed === undefined && statusCode >= 200 && statusCode < 300) {
    const words = `answered ${statusCode} with ${one(headers["content-type"]) ?? "a body"} that is not JSON`;
    return { kind: "broken", status: statusCode, words };
  }
  const location = one(headers.location);
  return { kind: "answer", status: statusCode, json: parsed?.json, retryAfterMs, location, serverNow };
}

/** undici calls `onRequestStart` when the connection is open and the request is about to be written to it. */
const reportSend =
  (permit: Permit, sent: () => void): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => {
        sent();
        // The process may have been asleep since it was asked.
        if (permit.leftMs() <= 0) controller.abort(new Error("the permit to send it has run out"));
        handler.onRequestStart?.(controller, context);
      },
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY_BYTES) throw new Error(`the answer is larger than ${LARGEST_BODY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The error of JSON.parse quotes the body, which may hold a token: it goes no further. */
function parse(text: string): { readonly json: unknown } | undefined {
  if (text.trim() === "") return { json: undefined };
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Seconds or an HTTP date (RFC 9110 §10.2.3), the latter against the server's own clock where it shows it. */
function retryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, Math.ceil(ms)) : undefined;
}

function instant(date: string | undefined): number | undefined {
  const ms = Date.parse(date ?? "");
  return Number.isNaN(ms) ? undefined : ms;
}

const one = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === "string" ? header : header?.[0];

function networkWords(cause: unknown): string {
  const { code, message } = asObject(cause) ?? {};
  const parts = [code, message].filter((part) => typeof part === "string" && part !== "");
  return parts.length === 0 ? "the connection failed" : parts.join(": ");
}

type Outcome = Extract<BridgeEvent, { kind: "upstream-call" }>["outcome"];

export function outcomeOf(result: Exchange): Outcome {
  if (result.kind === "broken" || result.status >= 500 || result.status === 408) return "unavailable";
  if (result.status === 401) return "unauthorized";
  if (result.status === 429) return "rate-limited";
  if (result.status >= 400) return "refused";
  return result.status >= 200 && result.status < 300 ? "ok" : "unavailable";
}
