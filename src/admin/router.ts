import { createHash, timingSafeEqual } from "node:crypto";
import { Router, type Request } from "express";
import type { PersonOutcome, SettledState } from "../ports.js";
import type { Status } from "./status.js";

export interface AdminOptions {
  readonly adminToken: string;
  /** People in a state with the reason, in the order of their ids. */
  readonly people: (state: SettledState, afterId: string, limit: number) => Promise<readonly PersonOutcome[]>;
  readonly status: () => Promise<Status>;
}

export function adminRouter({ adminToken, status, people }: AdminOptions): Router {
  const router = Router();
  router.use((request, response, next) => {
    if (isOperator(request, adminToken)) return next();
    response
      .status(401)
      .set("WWW-Authenticate", 'Bearer realm="admin"')
      .json({ error: "Send the operator's token (ADMIN_TOKEN) as Authorization: Bearer." });
  });
  router.get("/api/status", async (_request, response) => {
    response.set("Cache-Control", "no-store").json(await status());
  });
  router.get("/api/people", async (request, response) => {
    const { state, after = "" } = request.query;
    const known = STATES.find((each) => each === state);
    if (known === undefined || typeof after !== "string") {
      response.status(400).json({ error: `Ask for ?state= one of ${STATES.join(", ")}, and &after= an id.` });
      return;
    }
    const page = await people(known, after, MOST_PEOPLE);
    const next = page.length === MOST_PEOPLE ? page.at(-1)?.personId : undefined;
    response.set("Cache-Control", "no-store").json({ people: page, next });
  });
  router.use((_request, response) => {
    response.status(404).json({ error: "No such page." });
  });
  return router;
}

const STATES = ["converged", "held", "failing"] as const satisfies readonly SettledState[];

/** A page; `next` of the answer is the `after` of the next one. */
const MOST_PEOPLE = 200;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

// Digests have one length, so that the comparison takes the same time whatever was sent.
function isOperator(request: Request, adminToken: string): boolean {
  const sent = /^bearer +(.+)$/i.exec(request.get("authorization") ?? "")?.[1] ?? "";
  return sent !== "" && timingSafeEqual(digest(sent), digest(adminToken));
}
