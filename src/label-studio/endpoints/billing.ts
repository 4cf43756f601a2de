import type { Seats } from "../../ports.js";
import type { Caller } from "../transport.js";
import { readSeats } from "../wire.js";

/**
 * `GET /api/billing/info` (contract 2.10), of the key owner's active organisation. Servers that are too old answer 404; to
 * a key that may not see it, 403. Grants wait for the answer: it goes ahead of them, never of a leaver.
 */
export async function seats(transport: Caller): Promise<Seats> {
  const call = { name: "billing.info", method: "GET", path: "/api/billing/info", urgency: "lower" } as const;
  const { status, json } = await transport.call({ ...call, alsoFine: [403, 404] });
  return readSeats(status === 200 ? json : undefined);
}
