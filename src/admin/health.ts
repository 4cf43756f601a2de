import { Router } from "express";
import type { Store } from "../ports.js";
import type { Status } from "./status.js";

export interface Readiness {
  /** This URL, organisation and key have worked once ever. */
  readonly verified: boolean;
  readonly labelStudio: Status["labelStudio"];
}

export interface HealthOptions {
  readonly store: Store;
  readonly readiness: () => Readiness;
}

export interface MetricsOptions {
  readonly metrics: () => Promise<string>;
  readonly metricsContentType: string;
}

export function healthRouter({ store, readiness }: HealthOptions): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  // A later outage of Label Studio shows in the body only: taking the bridge out of service would lose the IdP's pushes.
  router.get("/readyz", async (_request, response) => {
    const usable = await store.ping().then(
      () => true,
      () => false,
    );
    const paused = usable ? await store.rails.pause().catch(() => undefined) : undefined;
    const { verified, labelStudio } = readiness();
    const ready = usable && verified;
    response
      .status(ready ? 200 : 503)
      .json({ ready, store: usable ? "ok" : "unavailable", mapping: "ok", verified, paused, labelStudio });
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
