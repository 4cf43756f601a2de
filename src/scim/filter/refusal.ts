import { BridgeError } from "../../errors.js";

/** RFC 7644 §3.12, the ones that a client's words can earn. */
export type ScimType = "invalidFilter" | "invalidPath" | "invalidSyntax" | "invalidValue" | "mutability" | "noTarget";

export const refusal = (scimType: ScimType, message: string): BridgeError =>
  new BridgeError("INVALID_VALUE", message, { scimType });

const LONGEST_QUOTE = 80;

/** A path or name as the client wrote it, short enough for one line of an administrator's screen. */
export const quoted = (text: string): string =>
  JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
