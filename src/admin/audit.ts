// The audit log for operators: handed out line by line, a page in memory at a time, and verified.
import { once } from "node:events";
import { Router, type Request, type Response } from "express";
import type { AuditLog } from "../audit/index.js";
import { unusable } from "./requests.js";

const TYPES = { ndjson: "application/x-ndjson", csv: "text/csv; charset=utf-8" } as const;

export function auditRoutes(audit: AuditLog): Router {
  const router = Router();
  router.get("/verify", async (request, response) => {
    response.json(await audit.verify({ expectHead: textOf(request, "expectHead") }));
  });
  router.get("/export", async (request, response) => {
    const asked = {
      since: textOf(request, "since"),
      until: textOf(request, "until"),
      format: textOf(request, "format"),
    };
    const pages = audit.export(asked);
    response.type(TYPES[audit.formatOf(asked)]);
    await write(response, pages);
  });
  return router;
}

/** Whoever reads slowly is waited for; whoever goes away ends it. */
async function write(response: Response, pages: AsyncIterable<readonly string[]>): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  for await (const lines of pages) {
    if (response.destroyed) return;
    if (!response.write(`${lines.join("\n")}\n`))
      await once(response, "drain", { signal: gone.signal }).catch(() => undefined);
  }
  response.end();
}

function textOf({ query }: Request, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || typeof value === "string") return value;
  throw unusable(`${name} is given once.`);
}
