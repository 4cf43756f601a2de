// The operator's API: JSON in, JSON out.
import { json, Router, text } from "express";
import type { AuditLog } from "../audit/index.js";
import type { Operations, Survey } from "../operator/index.js";
import { auditRoutes } from "./audit.js";
import { changeFilter } from "./page/change-filter.js";
import { after, optional, peopleFilter, readChosen, readState, unusable } from "./requests.js";
import type { Status } from "./status.js";
import { tokenRoutes } from "./tokens.js";

export interface ApiOptions {
  readonly operations: Operations;
  readonly survey: Survey;
  readonly audit: AuditLog;
  readonly status: () => Promise<Status>;
}

/** A page; `next` of the answer is the `after` of the next one. */
const MOST_PEOPLE = 200;

export const bodies = [json({ limit: "1mb" }), text({ type: ["text/*", "application/yaml"], limit: "1mb" })];

export function apiRouter({ operations, survey, audit, status }: ApiOptions): Router {
  const router = Router();
  questions(router, operations, status);
  lists(router, survey);
  decisions(router, operations);
  tokenRoutes(router, operations);
  router.use("/audit", auditRoutes(audit));
  router.use((_request, response) => {
    response.status(404).json({ error: "No such page." });
  });
  return router;
}

function questions(router: Router, operations: Operations, status: () => Promise<Status>): void {
  router.get("/status", async (_request, response) => {
    response.json(await status());
  });
  router.get("/people", async (request, response) => {
    const people = await operations.people(readState(request), after(request), MOST_PEOPLE);
    response.json({ people, next: nextOf(people) });
  });
  router.get("/holds", async (request, response) => {
    const holds = await operations.holds(after(request), MOST_PEOPLE);
    response.json({ holds, next: nextOf(holds) });
  });
  router.get("/seats", async (_request, response) => {
    response.json(await operations.seats());
  });
  router.get("/plan", async (_request, response) => {
    response.json(await operations.plan());
  });
  // The text of another mapping as body.
  router.post("/plan", async (request, response) => {
    if (typeof request.body !== "string") throw unusable("Send the mapping as text/plain or application/yaml.");
    response.json(await operations.plan(request.body));
  });
  router.get("/explain", async (request, response) => {
    const { of } = request.query;
    if (typeof of !== "string") throw unusable("Ask for ?of= a userName, an e-mail, an id, or the name of a group.");
    const explained = await operations.explain(of);
    if (explained) response.json(explained);
    else response.status(404).json({ error: `Nobody and no group is known as ${JSON.stringify(of)}.` });
  });
}

/** What the page shows, for dashboards. */
function lists(router: Router, survey: Survey): void {
  router.get("/search", async (request, response) => {
    response.json(await survey.search(peopleFilter(request), after(request), MOST_PEOPLE));
  });
  router.get("/changes", async (request, response) => {
    const before = optional(request, "before");
    if (before !== undefined && !/^\d{1,15}$/.test(before)) throw unusable("before is the `next` of the page before.");
    const place = before === undefined ? undefined : Number(before);
    response.json(await survey.changes(changeFilter(request), place, MOST_PEOPLE));
  });
  router.get("/activity", async (_request, response) => {
    response.json(await survey.activity());
  });
}

function decisions(router: Router, operations: Operations): void {
  for (const decision of ["approved", "rejected"] as const)
    router.post(decision === "approved" ? "/holds/approve" : "/holds/reject", async (request, response) => {
      response.json({ people: await operations.decide(readChosen(request.body), decision) });
    });
  router.post("/reconcile", async (request, response) => {
    const { expect } = (request.body ?? {}) as { expect?: unknown };
    if (expect !== undefined && typeof expect !== "string")
      throw unusable('Send {"expect": "<digest of a plan>"}, or {}.');
    const people = await operations.reconcile(expect);
    if (people === undefined) response.status(409).json({ error: "The plan is another one by now." });
    else response.json({ people });
  });
  router.post("/pause", async (request, response) => {
    const { all = false } = (request.body ?? {}) as { all?: unknown };
    if (typeof all !== "boolean") throw unusable('Send {"all": true} to hold leavers too, or {}.');
    response.json(await operations.pause(all));
  });
  router.post("/resume", async (_request, response) => {
    response.json({ paused: await operations.resume() });
  });
  router.post("/retry", async (_request, response) => {
    response.json({ people: await operations.retry() });
  });
  router.post("/forget", async (request, response) => {
    const { address } = (request.body ?? {}) as { address?: unknown };
    if (typeof address !== "string") throw unusable('Send {"address": "…"}.');
    response.json(await operations.forget(address));
  });
}

const nextOf = (page: readonly { readonly personId: string }[]): string | undefined =>
  new Set(page.map(({ personId }) => personId)).size === MOST_PEOPLE ? page.at(-1)?.personId : undefined;
