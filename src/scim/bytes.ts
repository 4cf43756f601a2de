// What the bytes of a body show before they are parsed: parsing costs by the number of values, not by the size.
import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { BridgeError } from "../errors.js";

/** Opening brackets, commas and colons. 50,000 members with value, $ref (a URL), display ("Last, First") and type have 600,000. */
export const MOST_MARKS = 750_000;

/** Called by the body parser with the whole body, unpacked. */
export function checkBytes(_req: IncomingMessage, _res: ServerResponse, body: Buffer, charset: string): void {
  if (!/^utf-?8$/i.test(charset))
    throw new BridgeError("INVALID_VALUE", `The body is in ${charset}; send UTF-8 (RFC 8259 §8.1).`, { status: 415 });
  if (!isUtf8(body))
    throw new BridgeError("INVALID_VALUE", "The body holds bytes that are not UTF-8.", { scimType: "invalidSyntax" });
  const marks = marksIn(body);
  if (marks > MOST_MARKS)
    throw new BridgeError(
      "INVALID_VALUE",
      `The body has ${marks} brackets, commas and colons; at most ${MOST_MARKS} are read. Send less per request.`,
      { status: 413 },
    );
}

// A set look-up for each of 16 million bytes would take longer than parsing most bodies.
const IS_MARK = new Uint8Array(256);
for (const mark of "[{,:") IS_MARK[mark.charCodeAt(0)] = 1;

function marksIn(body: Buffer): number {
  let marks = 0;
  for (const byte of body) marks += IS_MARK[byte] ?? 0;
  return marks;
}
