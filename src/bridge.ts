// The composition root: builds every room from the configuration and wires them; nothing else knows them all.
import { randomBytes, randomUUID } from "node:crypto";
import type { Server } from "node:http";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import { openAccess, type Access } from "./access/index.js";
import { adminRouter, healthRouter, type Readiness, type Status } from "./admin/index.js";
import { systemClock } from "./clock.js";
import type { Config } from "./config.js";
import { openDoor } from "./door.js";
import { hasCode } from "./errors.js";
import { newResourceId } from "./ids.js";
import { connectLabelStudio } from "./label-studio/index.js";
import { currentMapping } from "./current-mapping.js";
import { mappingDigest, type Mapping } from "./mapping/index.js";
import { operations, type Operations } from "./operator/index.js";
import { shareOfLoop } from "./pace-shares.js";
import type { Clock, Store, Target } from "./ports.js";
import { loopLease, startReconcile, type Reconciler } from "./reconcile/index.js";
import { scimEndpoints } from "./scim/index.js";
import { openStore } from "./store/index.js";
import type { Telemetry } from "./telemetry/index.js";
import { fingerprint, serverOf } from "./upstream-name.js";

export interface Bridge {
  /** e.g. `http://127.0.0.1:8080`, without a slash at the end. */
  readonly url: string;
  /** Another mapping is to be in force: everybody is looked at with it. */
  remap(mapping: Mapping): Promise<void>;
  /** Stops in order: no new requests, running ones answered, the loop at rest, the store closed. */
  stop(): Promise<void>;
}

export interface BridgeParts {
  readonly config: Config;
  readonly mapping: Mapping;
  readonly telemetry: Telemetry;
  readonly clock?: Clock;
  /** SCIM ids; a demo wants ids that can be printed beforehand. */
  readonly newId?: (name: string) => string;
}

/** Requests still running after this are cut off; a SIGTERM is done within 10 s. */
const DRAIN_MS = 4_000;
const IDLE_CHECK_MS = 50;
/** The loop's last calls may take this long; what is cut off here is found again at the next start. */
const LOOP_DRAIN_MS = 4_000;

export async function startBridge(parts: BridgeParts): Promise<Bridge> {
  const { config, telemetry, clock = systemClock } = parts;
  const onFault = (error: unknown): void => telemetry.emit({ kind: "loop-fault", error });
  // The port first: a second start by mistake must not touch the work of the one that runs.
  const door = await openDoor(config);
  try {
    const store = await openStore({ url: config.databaseUrl });
    const admission = { store, clock, emit: telemetry.emit, onFault, random: randomBytes, settings: config };
    const access = await openAccess(admission).catch(async (error: unknown) => {
      await store.close();
      throw error;
    });
    const lease = loopLease({ store, clock, newHolder: randomUUID });
    const calls = { clock, emit: telemetry.emit, random: Math.random, permit: lease };
    const maxRps = shareOfLoop(config.labelStudio.maxRps);
    const target = connectLabelStudio({ ...config.labelStudio, ...calls, maxRps });
    const mapping = await currentMapping(parts.mapping, {
      store,
      clock,
      onChange: (changed) => {
        telemetry.emit({ kind: "mapping-changed", digest: mappingDigest(changed), rules: changed.roles.rules.length });
        void reconciler.remapped().catch(onFault);
      },
      onFault,
    });
    const reconciler: Reconciler = await startReconcile({
      store,
      lease,
      target,
      clock,
      emit: telemetry.emit,
      mapping: mapping.get,
      observeOnly: config.mode === "observe",
      maxRps,
      sweepIntervalMs: config.reconcileIntervalMs,
      server: serverOf(config),
      fingerprint: fingerprint(config),
      random: Math.random,
    });
    const publicUrl = config.publicUrl ?? door.url;
    const running = { store, access, reconciler, clock, mapping: mapping.get, publicUrl: () => publicUrl };
    const ending = new AbortController();
    const following = Promise.all([mapping.follow(ending.signal), access.follow(ending.signal)]);
    door.admit(application(parts, { ...running, operations: operationsOf(running) }));
    telemetry.emit({ kind: "listening", url: door.url });
    return {
      url: door.url,
      remap: mapping.propose,
      stop: async () => {
        ending.abort();
        await following;
        await stop(door.server, reconciler, target, store);
      },
    };
  } catch (error) {
    door.server.close();
    door.server.closeAllConnections();
    throw error;
  }
}

interface Running {
  readonly store: Store;
  readonly access: Access;
  readonly reconciler: Reconciler;
  readonly operations: Operations;
  readonly mapping: () => Mapping;
  readonly clock: Clock;
  readonly publicUrl: () => string;
}

const operationsOf = ({ store, clock, mapping, reconciler }: Omit<Running, "operations">): Operations =>
  operations({
    store,
    clock,
    mapping,
    random: randomBytes,
    principalId: () => reconciler.upstream().principal?.userId,
    askSeats: () => reconciler.askSeats(),
    onWork: (lane) => reconciler.nudge(lane),
  });

function application({ config, telemetry, newId }: BridgeParts, running: Running): Express {
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
  app.use(
    healthRouter({
      store,
      readiness: () => readiness(reconciler),
      metrics: () => telemetry.metrics(() => store.work.counts(clock.now())),
      metricsContentType: telemetry.metricsContentType,
    }),
  );
  if (config.adminToken !== undefined)
    app.use(
      "/admin",
      adminRouter({
        adminToken: config.adminToken,
        operations: running.operations,
        status: () => status(config, running),
      }),
    );
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    if (!hasCode(error, "STORE_UNAVAILABLE")) telemetry.emit({ kind: "loop-fault", error });
    response
      .status(503)
      .set("Retry-After", "5")
      .json({ error: "The bridge cannot answer at the moment; its log says why." });
  });
  app.use((_request, response) => {
    response.status(404).json({ error: "Nothing here. SCIM is at /scim/v2." });
  });
  return app;
}

async function status(config: Config, { operations, mapping, reconciler }: Running): Promise<Status> {
  return {
    ...(await operations.counts()),
    mapping: mappingDigest(mapping()),
    mode: config.mode,
    sections: reconciler.sections(),
    labelStudio: readiness(reconciler).labelStudio,
  };
}

function readiness(reconciler: Reconciler): Readiness {
  const { state, verified, organization, warnings } = reconciler.upstream();
  return {
    verified,
    labelStudio: {
      state: state.kind,
      problem: "problem" in state ? state.problem : undefined,
      organizationId: organization?.id,
      warnings,
    },
  };
}

async function stop(server: Server, reconciler: Reconciler, target: Target, store: Store): Promise<void> {
  // A connection that is busy now is told to close with its answer; one that falls idle otherwise is closed here.
  server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const cutOff = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(cutOff);
  clearInterval(idle);
  const rested = new AbortController();
  await Promise.race([reconciler.stop(), systemClock.sleep(LOOP_DRAIN_MS, rested.signal)]);
  rested.abort();
  await target.close();
  await store.close();
}
