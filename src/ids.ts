import { randomUUID } from "node:crypto";

/**
 * A UUID of version 7 (RFC 9562 §5.7): those made together are neighbours in every index of the store, so that a commit
 * of several new resources writes the same pages and not new ones for each.
 */
export function newResourceId(now: number): string {
  const time = now.toString(16).padStart(12, "0");
  const random = randomUUID();
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(15)}`;
}
