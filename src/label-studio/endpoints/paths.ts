import { BridgeError } from "../../errors.js";

/** `<collection>/<user id>/`: both routes that carry a user id end in a slash (contract 2.0). */
export function userPath(collection: string, userId: number): string {
  if (!Number.isSafeInteger(userId) || userId < 1) {
    const words = `${userId} is not a Label Studio user id; nothing was sent to ${collection}`;
    throw new BridgeError("TARGET_REFUSED", words, { reason: "not a user id" });
  }
  return `${collection}/${userId}/`;
}
