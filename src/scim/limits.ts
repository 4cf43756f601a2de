import { promisify } from "node:util";
import express, { type Request, type Response } from "express";
import { BridgeError } from "../errors.js";
import { isForbidden } from "./attributes.js";
import { checkBytes } from "./bytes.js";
import type { RequestContext } from "./context.js";
import { quoted } from "./filter/refusal.js";
import { isStorable } from "./text.js";

/** A group of 50,000 members with display and $ref is about 9 MB. */
const LARGEST_BODY = 16 * 1024 * 1024;
export const MOST_BULK_OPERATIONS = 1_000;
/** A person is about 1 KiB. */
export const LARGEST_BULK = 1024 * 1024;
/** Filters are capped far below; beyond 16 KiB Node's own parser refuses the head. */
const LONGEST_URL = 8_192;
/** SCIM needs 4 levels, 8 inside Bulk. */
const DEEPEST_BODY = 32;
/** Attributes side by side; schemas have some twenty, and reading thousands of names costs more than reading as many values. */
const MOST_NAMES = 10_000;
const MEDIA_TYPES = ["application/scim+json", "application/json"];

const invalid = (message: string, status = 400): BridgeError =>
  new BridgeError("INVALID_VALUE", message, status === 400 ? { scimType: "invalidSyntax" } : { status });

export const carriesBody = (req: Request): boolean => ["POST", "PUT", "PATCH"].includes(req.method);

/** What can be refused before the body is read. */
export function limitHead(req: Request): void {
  if (req.originalUrl.length > LONGEST_URL)
    throw invalid(
      `The URL has ${req.originalUrl.length} characters; at most ${LONGEST_URL} are read. Use POST .search.`,
      414,
    );
  // No id and no value has one, and PostgreSQL takes none.
  if (req.originalUrl.includes("%00")) throw invalid("The URL holds a NUL character (%00).");
  if (!carriesBody(req)) return;
  const empty =
    req.get("Content-Length") === "0" || !("content-length" in req.headers || "transfer-encoding" in req.headers);
  if (empty) throw invalid(`${req.method} needs a JSON body and none was sent.`);
  if (req.is(MEDIA_TYPES) === false)
    throw invalid(
      `The body is ${req.get("Content-Type") ?? "of no stated type"}; send ${MEDIA_TYPES.join(" or ")}.`,
      415,
    );
}

const readBulk = promisify(express.json({ type: MEDIA_TYPES, limit: LARGEST_BULK, verify: checkBytes }));
const readOther = promisify(express.json({ type: MEDIA_TYPES, limit: LARGEST_BODY, verify: checkBytes }));

/** Reads the body and looks for what only the parsed body shows. */
export async function readBody(req: Request, res: Response, { route }: RequestContext): Promise<void> {
  await (route.pattern === "/Bulk" ? readBulk : readOther)(req, res);
  inspect(req.body, 1);
}

function inspect(value: unknown, depth: number): void {
  if (typeof value === "string") return inspectText(value);
  // 1e999 is valid JSON, and would come back as null.
  if (typeof value === "number" && !Number.isFinite(value))
    throw invalid("The body holds a number beyond the range of a double, about 1.8e308.");
  if (typeof value !== "object" || value === null) return;
  if (depth > DEEPEST_BODY) throw invalid(`The body is nested more than ${DEEPEST_BODY} levels deep.`);
  if (Array.isArray(value)) {
    for (const element of value as readonly unknown[]) inspect(element, depth + 1);
    return;
  }
  const entries = Object.entries(value);
  if (entries.length > MOST_NAMES)
    throw invalid(`The body has an object of ${entries.length} attributes; at most ${MOST_NAMES} are read.`);
  for (const [key, child] of entries) {
    if (isForbidden(key)) throw invalid(`The body holds the attribute name ${quoted(key)}, which no schema has.`);
    inspectText(key);
    inspect(child, depth + 1);
  }
}

function inspectText(text: string): void {
  if (!isStorable(text))
    throw invalid(`The body holds a NUL character or half of a surrogate pair, in the text ${quoted(text)}.`);
}
