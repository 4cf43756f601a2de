import { createHash, timingSafeEqual } from "node:crypto";
import { json, Router, text, type Request, type Response } from "express";
import { hasCode } from "../errors.js";
import type { Operations } from "../operator/index.js";
import { readChosen, readState, unusable } from "./requests.js";
import type { Status } from "./status.js";
import { tokenRoutes } from "./tokens.js";

export interface AdminOptions {
  readonly adminToken: string;
  readonly operations: Operations;
  readonly status: () => Promise<Status>;
}

/** A page; `next` of the answer is the `after` of the next one. */
const MOST_PEOPLE = 200;

export function adminRouter({ adminToken, operations, status }: AdminOptions): Router {
  const router = Router();
  router.use((request, response, next) => {
    if (isOperator(request, adminToken)) return next();
    response
      .status(401)
      .set("WWW-Authenticate", 'Bearer realm="admin"')
      .json({ error: "Send the operator's token (ADMIN_TOKEN) as Authorization: Bearer." });
  });
  router.use(json({ limit: "1mb" }), text({ type: ["text/*", "application/yaml"], limit: "1mb" }));
  router.use((_request, response, next) => {
    response.set("Cache-Control", "no-store");
    next();
  });
  questions(router, operations, status);
  decisions(router, operations);
  tokenRoutes(router, operations);
  router.use((_request, response) => {
    response.status(404).json({ error: "No such page." });
  });
  router.use((error: unknown, _request: Request, response: Response, next: (error: unknown) => void) => {
    if (hasCode(error, "INVALID_VALUE")) response.status(400).json({ error: error.message });
    else if (isHttpError(error)) response.status(error.status).json({ error: error.message });
    else next(error);
  });
  return router;
}

function questions(router: Router, operations: Operations, status: () => Promise<Status>): void {
  router.get("/api/status", async (_request, response) => {
    response.json(await status());
  });
  router.get("/api/people", async (request, response) => {
    const people = await operations.people(readState(request), after(request), MOST_PEOPLE);
    response.json({ people, next: nextOf(people) });
  });
  router.get("/api/holds", async (request, response) => {
    const holds = await operations.holds(after(request), MOST_PEOPLE);
    response.json({ holds, next: nextOf(holds) });
  });
  router.get("/api/seats", async (_request, response) => {
    response.json(await operations.seats());
  });
  router.get("/api/plan", async (_request, response) => {
    response.json(await operations.plan());
  });
  // The text of another mapping as body.
  router.post("/api/plan", async (request, response) => {
    if (typeof request.body !== "string") throw unusable("Send the mapping as text/plain or application/yaml.");
    response.json(await operations.plan(request.body));
  });
  router.get("/api/explain", async (request, response) => {
    const { of } = request.query;
    if (typeof of !== "string") throw unusable("Ask for ?of= a userName, an e-mail, an id, or the name of a group.");
    const explained = await operations.explain(of);
    if (explained) response.json(explained);
    else response.status(404).json({ error: `Nobody and no group is known as ${JSON.stringify(of)}.` });
  });
}

function decisions(router: Router, operations: Operations): void {
  for (const decision of ["approved", "rejected"] as const)
    router.post(decision === "approved" ? "/api/holds/approve" : "/api/holds/reject", async (request, response) => {
      response.json({ people: await operations.decide(readChosen(request.body), decision) });
    });
  router.post("/api/reconcile", async (request, response) => {
    const { expect } = (request.body ?? {}) as { expect?: unknown };
    if (expect !== undefined && typeof expect !== "string")
      throw unusable('Send {"expect": "<digest of a plan>"}, or {}.');
    const people = await operations.reconcile(expect);
    if (people === undefined) response.status(409).json({ error: "The plan is another one by now." });
    else response.json({ people });
  });
  router.post("/api/pause", async (request, response) => {
    const { all = false } = (request.body ?? {}) as { all?: unknown };
    if (typeof all !== "boolean") throw unusable('Send {"all": true} to hold leavers too, or {}.');
    response.json(await operations.pause(all));
  });
  router.post("/api/resume", async (_request, response) => {
    response.json({ paused: await operations.resume() });
  });
  router.post("/api/retry", async (_request, response) => {
    response.json({ people: await operations.retry() });
  });
  router.post("/api/forget", async (request, response) => {
    const { address } = (request.body ?? {}) as { address?: unknown };
    if (typeof address !== "string") throw unusable('Send {"address": "…"}.');
    response.json(await operations.forget(address));
  });
}

function after({ query }: Request): string {
  const { after: id = "" } = query;
  if (typeof id !== "string") throw unusable("after is one id.");
  return id;
}

const nextOf = (page: readonly { readonly personId: string }[]): string | undefined =>
  page.length === MOST_PEOPLE ? page.at(-1)?.personId : undefined;

const isHttpError = (error: unknown): error is Error & { readonly status: number } =>
  error instanceof Error && "status" in error && typeof error.status === "number" && error.status < 500;

const digest = (value: string): Buffer => createHash("sha256").update(value).digest();

// Digests have one length, so that the comparison takes the same time whatever was sent.
function isOperator(request: Request, adminToken: string): boolean {
  const sent = /^bearer +(.+)$/i.exec(request.get("authorization") ?? "")?.[1] ?? "";
  return sent !== "" && timingSafeEqual(digest(sent), digest(adminToken));
}
