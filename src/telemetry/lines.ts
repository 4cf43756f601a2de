import { BridgeError } from "../errors.js";
import type { BridgeEvent } from "../events.js";

interface Line {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One event, one line. Free text that may quote a vendor or a person stays at debug. */
export function lineOf(event: BridgeEvent): Line {
  const { kind, ...fields } = event;
  switch (event.kind) {
    case "listening":
    case "admin-listening":
    case "stopping":
    case "observed":
    case "swept":
    case "working-off":
    case "mapping-changed":
    case "loop-lease":
    case "audit-head":
    case "scim-request":
      return { level: "info", message: kind, fields };
    case "applied":
      return { level: "info", message: kind, fields: onErrand(event) };
    case "not-applied":
      return { level: "debug", message: kind, fields: onErrand(event) };
    case "credentials":
      return { level: "info", message: kind, fields: { credentials: event.credentials.length } };
    case "credential-expiry":
      return {
        level: "warn",
        message: kind,
        fields: { ...fields, expiresAt: new Date(event.expiresAt).toISOString() },
      };
    case "token-request":
      return { level: event.outcome === "issued" ? "info" : "warn", message: kind, fields };
    case "restored":
    case "mapping-refused":
    case "upstream-warning":
    case "upstream-moved":
    case "section-problem":
    case "operator-refused":
    case "drift":
      return { level: "warn", message: kind, fields };
    case "notice":
      return { level: event.ok ? "info" : "warn", message: kind, fields };
    case "section-unusable":
      return { level: "warn", message: kind, fields: { section: event.section, reason: reasonOf(event.error) } };
    case "upstream-checked":
      return { level: event.ok ? "info" : "error", message: kind, fields };
    case "upstream-call":
      return { level: event.outcome === "ok" ? "debug" : "warn", message: kind, fields: onErrand(event) };
    case "settled":
      return settledLine(event);
    case "scim-fault":
      return { level: "error", message: kind, fields: { requestId: event.requestId, error: faultText(event.error) } };
    case "loop-fault":
      return { level: "error", message: kind, fields: { error: faultText(event.error) } };
  }
}

/** What an errand goes back to, beside the event's own fields. */
function onErrand(event: Extract<BridgeEvent, { errand: unknown }>): Line["fields"] {
  const { requestId, cause, origin } = event.errand ?? {};
  return { ...event, kind: undefined, errand: undefined, callId: undefined, requestId, cause, origin };
}

function settledLine(event: Extract<BridgeEvent, { kind: "settled" }>): Line {
  const { personId, state, reason } = event;
  const calm = state === "converged" || state === "retry";
  return {
    level: calm ? "debug" : "warn",
    message: "settled",
    fields: { personId, state, reason: withoutWords(reason) },
  };
}

const reasonOf = (error: unknown): string =>
  withoutWords(error instanceof BridgeError ? (error.facts.reason ?? error.code) : "internal error");

/** A refusal is known by call and status; the vendor's words may quote a name and stay in the outcome and the audit log. */
const withoutWords = (reason: string): string => reason.replace(/^([\w.]+:\d{3}):.*$/s, "$1");

interface Fault {
  readonly name: string;
  readonly code: unknown;
  /** What the system or the database calls what has led to it: `ECONNREFUSED`, `28P01`. */
  readonly because: unknown;
  readonly at: string | undefined;
}

/** Class, codes and place; the message of an unforeseen fault may hold anything, so it is left out. */
function faultText(error: unknown): Fault {
  if (!(error instanceof Error)) return { name: typeof error, code: undefined, because: undefined, at: undefined };
  const frames = error.stack?.split("\n").filter((line) => line.trimStart().startsWith("at "));
  return {
    name: error.name,
    code: codeOf(error),
    because: error.cause instanceof Error ? (codeOf(error.cause) ?? error.cause.name) : undefined,
    at: frames
      ?.slice(0, 5)
      .map((frame) => frame.trim())
      .join(" < "),
  };
}

/** SQLite's driver has the number that tells beside a code that is always the same. */
const codeOf = (error: Error): unknown =>
  "errcode" in error ? error.errcode : "code" in error ? error.code : undefined;
