import { BridgeError } from "../errors.js";
import { outcomeOf, type Call, type Exchange } from "./exchange.js";
import { asObject } from "./wire.js";

const LONGEST_WORDS = 500;
const LONGEST_REASON = 160;

/** The error for a call that did not succeed. `words` of the vendor never come from HTML. */
export function failure(
  call: Call,
  result: Exchange,
  redact: (words: string) => string,
  pausedForMs: number,
): BridgeError {
  const attempt = `${call.name} (${call.method} ${call.path})`;
  if (result.kind === "broken") {
    const facts = result.cause === undefined ? {} : { cause: result.cause };
    return new BridgeError("TARGET_UNAVAILABLE", redact(`${attempt}: ${result.words}`), facts);
  }
  const words = redact(vendorWords(result.json));
  const answered = `${attempt}: Label Studio answered ${result.status}${words === "" ? "" : `: ${words}`}`;
  switch (outcomeOf(result)) {
    case "unauthorized":
      return new BridgeError("TARGET_UNAUTHORIZED", `${answered}; check LABEL_STUDIO_API_KEY`);
    case "rate-limited":
      return new BridgeError("TARGET_RATE_LIMITED", answered, { retryAfterMs: result.retryAfterMs ?? pausedForMs });
    case "refused":
      return refused(call, result.status, words, answered);
    case "unavailable":
    case "ok":
      return unavailable(result, answered);
  }
}

function unavailable(answer: Extract<Exchange, { kind: "answer" }>, answered: string): BridgeError {
  const { status, retryAfterMs, location } = answer;
  if (status >= 300 && status < 400) {
    const to = location !== undefined && URL.canParse(location) ? ` to ${new URL(location).origin}` : "";
    const words = `${answered}, a redirect${to}, which is never followed; check LABEL_STUDIO_URL`;
    return new BridgeError("TARGET_UNAVAILABLE", words);
  }
  return new BridgeError("TARGET_UNAVAILABLE", answered, retryAfterMs === undefined ? {} : { retryAfterMs });
}

function refused(call: Call, status: number, words: string, answered: string): BridgeError {
  // Contract 2.6: the envelope has no code for a taken address; this wording is what the vendor's own SDK looks for.
  const taken = call.name === "users.create" && /already exists/i.test(words);
  const reason = reasonOf(call.name, status, words);
  return new BridgeError("TARGET_REFUSED", answered, taken ? { reason, alreadyExists: true } : { reason });
}

/** The status behind a refusal of `failure`, or of `reasonOf`. */
export function statusOf({ facts }: BridgeError): number | undefined {
  const [, status] = /^[^:]*:(\d{3}):/.exec(facts.reason ?? "") ?? [];
  return status === undefined ? undefined : Number(status);
}

/** The same for all who are refused alike: addresses, ids and numbers are what differs between two people. */
export function reasonOf(callName: string, status: number, words: string): string {
  const common = words
    .replace(/[^\s@"'<>()]+@[^\s@"'<>(),;]+/g, "<address>")
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "<id>")
    .replace(/\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b/gi, "<id>")
    .replace(/\d+/g, "<n>")
    .replace(/\s+/g, " ");
  return `${callName}:${status}:${common}`.slice(0, LONGEST_REASON);
}

/** `detail` and the flattened `validation_errors` of the envelope (contract 2.1), or a bare DRF map of messages. */
export function vendorWords(json: unknown): string {
  const body = asObject(json);
  if (body === undefined) return flatten(json).join("; ").slice(0, LONGEST_WORDS);
  const { detail, validation_errors: validation } = body;
  const specific = flatten(validation ?? (detail === undefined ? body : undefined));
  return [...flatten(detail), ...(specific.length > 0 ? [specific.join("; ")] : [])].join(": ").slice(0, LONGEST_WORDS);
}

// Deeper than any list of messages; a body nested without end must not exhaust the stack.
const DEEPEST = 6;

function flatten(errors: unknown, depth = 0): readonly string[] {
  if (typeof errors === "string") return [errors];
  if (depth === DEEPEST) return [];
  if (Array.isArray(errors)) return errors.flatMap((element: unknown) => flatten(element, depth + 1));
  return Object.entries(asObject(errors) ?? {}).flatMap(([field, inner]) =>
    flatten(inner, depth + 1).map((words) => (field === "non_field_errors" ? words : `${field}: ${words}`)),
  );
}
