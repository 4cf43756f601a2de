// What is served at which port: the rooms that answer HTTP, mounted for identity providers, orchestrators and operators.
import { randomUUID } from "node:crypto";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { Access } from "../access/index.js";
import { adminRouter, healthRouter, metricsRouter, type Status } from "../admin/index.js";
import { auditLog } from "../audit/index.js";
import type { Config } from "../config.js";
import { hasCode } from "../errors.js";
import { newResourceId } from "../ids.js";
import { mappingDigest } from "../mapping/index.js";
import type { Operations, Survey } from "../operator/index.js";
import { scimEndpoints } from "../scim/index.js";
import { labelStudioOf, readiness, takeSnapshot, type Observed } from "./standing.js";
import type { Telemetry } from "../telemetry/index.js";

interface Parts {
  readonly config: Config;
  readonly telemetry: Telemetry;
  readonly newId?: (name: string) => string;
}

export interface Running extends Observed {
  readonly access: Access;
  readonly operations: Operations;
  readonly survey: Survey;
  readonly publicUrl: () => string;
}

export function application(parts: Parts, running: Running, withAdmin: boolean): Express {
  const { config, telemetry, newId } = parts;
  const { store, access, reconciler, clock, publicUrl } = running;
  const app = express();
  app.disable("x-powered-by");
  // Versions are the resources' own (meta.version); a digest of every list would cost more than it saves.
  app.disable("etag");
  app.set("trust proxy", config.trustProxy);
  // First, as each layer before it would cost every SCIM request its share.
  app.use(
    "/scim/v2",
    scimEndpoints({
      store,
      clock,
      emit: telemetry.emit,
      newId: newId ?? (() => newResourceId(clock.now())),
      publicUrl,
      access,
      maxRps: config.scimMaxRps,
      onWork: (lane) => reconciler.nudge(lane),
    }),
  );
  app.all("/oauth/token", access.tokenEndpoint);
  app.use(healthRouter({ readiness: readiness(running) }));
  if (withAdmin) forOperators(app, parts, running);
  end(app, telemetry, "Nothing here. SCIM is at /scim/v2.");
  return app;
}

/** What is served at the operators' own port. */
export function adminApplication(parts: Parts, running: Running): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("trust proxy", parts.config.trustProxy);
  app.use(healthRouter({ readiness: readiness(running) }));
  forOperators(app, parts, running);
  end(app, parts.telemetry, "Nothing here. Operators are answered at /admin.");
  return app;
}

function forOperators(app: Express, { config, telemetry }: Parts, running: Running): void {
  const { store, clock, publicUrl, operations, survey } = running;
  const snapshot = takeSnapshot(running);
  app.use(
    metricsRouter({
      metrics: () => telemetry.metrics(snapshot),
      metricsContentType: telemetry.metricsContentType,
    }),
  );
  if (config.adminToken === undefined) return;
  app.use(
    "/admin",
    adminRouter({
      tokens: { operate: config.adminToken, read: config.adminReadToken },
      newId: randomUUID,
      onWrongToken: () => telemetry.emit({ kind: "operator-refused" }),
      // What the identity provider comes by says nothing of a port of the operators' own.
      https: config.adminPort === undefined && publicUrl().startsWith("https:"),
      operations,
      survey,
      audit: auditLog(store, clock),
      status: () => status(config, running),
      clock,
      facts: {
        mappingFile: config.mappingFile,
        scimUrl: `${publicUrl()}/scim/v2`,
        maxRps: config.labelStudio.maxRps,
      },
    }),
  );
}

function end(app: Express, telemetry: Telemetry, nothing: string): void {
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    if (!hasCode(error, "STORE_UNAVAILABLE")) telemetry.emit({ kind: "loop-fault", error });
    response
      .status(503)
      .set("Retry-After", "5")
      .json({ error: "The bridge cannot answer at the moment; its log says why." });
  });
  app.use((_request, response) => {
    response.status(404).json({ error: nothing });
  });
}

async function status(config: Config, { operations, mapping, reconciler }: Running): Promise<Status> {
  return {
    ...(await operations.counts()),
    mapping: mappingDigest(mapping()),
    mode: config.mode,
    sections: reconciler.sections(),
    labelStudio: labelStudioOf(reconciler),
  };
}
