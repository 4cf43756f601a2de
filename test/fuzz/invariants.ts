// What has to hold for every answer, whatever was asked.
import type { DirectoryView } from "./directory.js";
import type { RawAnswer } from "./connection.js";
import type { HostileRequest } from "./request.js";

const ERROR = "urn:ietf:params:scim:api:messages:2.0:Error";
const SLOWEST_MS = 2_000;
/** RFC 7644 §3.12. */
const SCIM_TYPES: readonly unknown[] = [
  "invalidFilter",
  "tooMany",
  "uniqueness",
  "mutability",
  "invalidSyntax",
  "invalidPath",
  "noTarget",
  "invalidValue",
  "invalidVers",
  "sensitive",
  "invalidCursor",
  "expiredCursor",
  "invalidCount",
];

export interface Exchange {
  readonly request: HostileRequest;
  /** None: the connection was closed without. */
  readonly answers: readonly RawAnswer[];
  readonly cpuMs: number;
  readonly before: DirectoryView;
  readonly after: DirectoryView;
}

/** What is wrong, in words; nothing is the good answer. */
export function wrongWith({ request, answers, cpuMs, before, after }: Exchange): readonly string[] {
  const changed = before.digest !== after.digest;
  return [
    ...(cpuMs > SLOWEST_MS ? [`took ${Math.round(cpuMs)} ms of CPU`] : []),
    // A message with something behind it may be carried out, and the connection ended with the refusal of the rest.
    ...(changed && (!request.bytes || request.expect !== "any") && !answers.some(({ status }) => status < 300)
      ? ["was refused and has changed the directory"]
      : []),
    ...(changed && (request.expect !== "any" || isReading(request)) ? ["must not change the directory"] : []),
    ...(answers.length === 0 && !request.bytes ? ["had no answer"] : []),
    ...answers.flatMap((answer) => wrongAnswer(request, answer)),
  ];
}

const isReading = ({ bytes, method, target }: HostileRequest): boolean =>
  !bytes && (["GET", "HEAD", "OPTIONS", "TRACE"].includes(method) || /\.search/.test(target));

/** Only the bridge's own answers carry it: the others are those of Node's HTTP parser, or of paths outside /scim/v2. */
const isOurs = (answer: RawAnswer): boolean => answer.headers.has("x-request-id");

export function wrongAnswer({ method, target, expect }: HostileRequest, answer: RawAnswer): readonly string[] {
  const { status, body } = answer;
  const text = body.toString();
  const isUnimplemented = status === 501 && /^\/scim\/v2\/Me/i.test(target);
  return [
    ...(status >= 500 && !isUnimplemented ? [`answered ${status}`] : []),
    ...(expect === "refused" && status < 400 ? [`answered ${status} to what must be refused`] : []),
    ...(expect === "unauthorized" && (isOurs(answer) ? ![401, 429].includes(status) : status < 400)
      ? [`answered ${status} without a token`]
      : []),
    ...(!isUtf8(body) ? ["answered bytes that are not UTF-8"] : []),
    ...(status < 300 || status === 304
      ? wrongJson(answer, text)
      : isOurs(answer)
        ? wrongError(answer, text, method)
        : wrongParserError(status)),
  ];
}

const isUtf8 = (body: Buffer): boolean => Buffer.from(body.toString()).equals(body);

/** Node: 400, 408, 413, 417, 431; outside of /scim/v2: 404, and of /admin 401, 429, or the way to the login. */
const wrongParserError = (status: number): readonly string[] =>
  [303, 400, 401, 404, 408, 413, 417, 429, 431].includes(status) ? [] : [`answered ${status}, and not as a SCIM error`];

function wrongError({ status, headers }: RawAnswer, text: string, method: string): readonly string[] {
  if (headers.get("content-type") !== "application/scim+json; charset=utf-8")
    return [`${status} as ${headers.get("content-type")}`];
  if (method === "HEAD") return [];
  const error = parsed(text) as Record<string, unknown> | undefined;
  const isError =
    error !== undefined &&
    JSON.stringify(error["schemas"]) === JSON.stringify([ERROR]) &&
    error["status"] === String(status) &&
    typeof error["detail"] === "string" &&
    error["detail"] !== "" &&
    (error["scimType"] === undefined || SCIM_TYPES.includes(error["scimType"]));
  // What was sent comes back in short at most.
  return isError && text.length < 20_000
    ? []
    : [`${status} is no SCIM error: ${text.slice(0, 300)} (${text.length} characters)`];
}

/** Valid, and no name twice: that is put together from texts in our answers. */
export function wrongJson({ headers }: Pick<RawAnswer, "headers">, text: string): readonly string[] {
  if (text === "" || !/json/.test(headers.get("content-type") ?? "") || headers.has("allow")) return [];
  const value = parsed(text);
  if (value === undefined) return [`no JSON: ${text.slice(0, 300)}`];
  return JSON.stringify(value).length === text.length ? [] : [`JSON with a name twice: ${text.slice(0, 1_000)}`];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
