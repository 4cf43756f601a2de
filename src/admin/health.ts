import { Router } from "express";
import type { Status } from "./status.js";

/** One thing that the bridge depends on. */
export interface ReadyPart {
  readonly ok: boolean;
  /** ISO 8601; undefined: not since this process started. */
  readonly lastTrueAt: string | undefined;
  readonly detail: string;
}

export interface Readiness {
  /** The store answers. */
  readonly usable: boolean;
  /** This URL, organisation and key have worked once ever. */
  readonly verified: boolean;
  readonly paused: Status["paused"];
  readonly labelStudio: Status["labelStudio"];
  readonly parts: Readonly<Record<"store" | "mapping" | "upstream" | "loop" | "lease" | "audit", ReadyPart>>;
}

export interface HealthOptions {
  readonly readiness: () => Promise<Readiness>;
}

export interface MetricsOptions {
  readonly metrics: () => Promise<string>;
  readonly metricsContentType: string;
}

export function healthRouter({ readiness }: HealthOptions): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  // A later outage of Label Studio shows in the body only: taking the bridge out of service would lose the IdP's pushes.
  router.get("/readyz", async (_request, response) => {
    const { usable, verified, paused, labelStudio, parts } = await readiness();
    const ready = usable && verified;
    response
      .status(ready ? 200 : 503)
      .json({ ready, store: usable ? "ok" : "unavailable", mapping: "ok", verified, paused, labelStudio, parts });
  });
  return router;
}

export function metricsRouter({ metrics, metricsContentType }: MetricsOptions): Router {
  const router = Router();
  router.get("/metrics", async (_request, response) => {
    response.type(metricsContentType).send(await metrics());
  });
  return router;
}
