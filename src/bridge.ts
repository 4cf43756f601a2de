// The composition root: builds every room from the configuration and wires them; nothing else knows them all.
import { randomBytes, randomUUID } from "node:crypto";
import { openAccess } from "./access/index.js";
import { adminApplication, application, type Running } from "./bridge/applications.js";
import { systemClock } from "./clock.js";
import type { Config } from "./config.js";
import { openDoors, shut, type Doors } from "./bridge/door.js";
import { dutiesOf } from "./bridge/duties.js";
import type { Emit } from "./events.js";
import { connectLabelStudio } from "./label-studio/index.js";
import { currentMapping } from "./bridge/current-mapping.js";
import { mappingDigest, type Mapping } from "./mapping/index.js";
import { operations, survey, type Operations } from "./operator/index.js";
import { shareOfLoop } from "./bridge/pace-shares.js";
import type { Clock, Store } from "./ports.js";
import { loopLease, startReconcile, type Reconciler } from "./reconcile/index.js";
import { pauseIfRestored } from "./bridge/restored.js";
import { stopInOrder } from "./bridge/stopping.js";
import { openStore } from "./store/index.js";
import { startTracing, type Telemetry } from "./telemetry/index.js";
import { fingerprint, serverOf } from "./bridge/upstream-name.js";

export interface Bridge {
  /** e.g. `http://127.0.0.1:8080`, without a slash at the end. */
  readonly url: string;
  /** Where operators are answered: the same, unless they have a port of their own. */
  readonly adminUrl: string;
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

export async function startBridge(given: BridgeParts): Promise<Bridge> {
  const { config, clock = systemClock } = given;
  const tracing = await startTracing(config.tracing, clock);
  const { duties, emit, okAt } = dutiesOf(config, both(given.telemetry.emit, tracing?.observe), clock, Math.random);
  const parts = { ...given, telemetry: { ...given.telemetry, emit } };
  const onFault = (error: unknown): void => emit({ kind: "loop-fault", error });
  // The port first: a second start by mistake must not touch the work of the one that runs.
  const doors = await openDoors(config);
  const { door, adminDoor, servers } = doors;
  try {
    const store = await openStore({ url: config.databaseUrl });
    await pauseIfRestored(store, clock, emit);
    const admission = { store, clock, emit, onFault, random: randomBytes, settings: config };
    const access = await orClose(store, openAccess(admission));
    const lease = loopLease({ store, clock, newHolder: randomUUID });
    const calls = { clock, emit, random: Math.random, permit: lease };
    const maxRps = shareOfLoop(config.labelStudio.maxRps);
    const target = connectLabelStudio({ ...config.labelStudio, ...calls, maxRps });
    const mapping = await currentMapping(parts.mapping, {
      store,
      clock,
      onChange: (changed) => tellMapping(emit, changed, reconciler.remapped().catch(onFault)),
      onFault,
    });
    const reconciler: Reconciler = await startReconcile({
      store,
      lease,
      target,
      clock,
      emit,
      mapping: mapping.get,
      observeOnly: config.mode === "observe",
      maxRps,
      sweepIntervalMs: config.reconcileIntervalMs,
      server: serverOf(config),
      fingerprint: fingerprint(config),
      random: Math.random,
      duties,
    });
    const publicUrl = (): string => config.publicUrl ?? door.url;
    const told = { mapping: mapping.seenAt, lease: () => lease.toldAt(), upstream: okAt };
    const running = { store, access, reconciler, clock, target, mapping: mapping.get, told, publicUrl };
    const ending = new AbortController();
    const following = Promise.all([mapping.follow(ending.signal), access.follow(ending.signal)]);
    admitAll(parts, doors, { ...running, operations: operationsOf(running), survey: survey(running) });
    return {
      url: door.url,
      adminUrl: (adminDoor ?? door).url,
      remap: mapping.propose,
      stop: async () => {
        ending.abort();
        await following;
        await stopInOrder(servers, { reconciler, target, store }, systemClock);
        await tracing?.stop();
      },
    };
  } catch (error) {
    servers.forEach(shut);
    throw error;
  }
}

function admitAll(parts: BridgeParts, { door, adminDoor }: Doors, running: Running): void {
  const { emit } = parts.telemetry;
  door.admit(application(parts, running, adminDoor === undefined));
  adminDoor?.admit(adminApplication(parts, running));
  emit({ kind: "listening", url: door.url });
  if (adminDoor) emit({ kind: "admin-listening", url: adminDoor.url });
}

/** Nobody else closes a store that nothing is begun with. */
const orClose = <T>(store: Store, opening: Promise<T>): Promise<T> =>
  opening.catch(async (error: unknown) => {
    await store.close();
    throw error;
  });

const both = (first: Emit, second: Emit | undefined): Emit =>
  second === undefined
    ? first
    : (event) => {
        first(event);
        second(event);
      };

function tellMapping(emit: Emit, mapping: Mapping, remapped: Promise<void>): void {
  emit({ kind: "mapping-changed", digest: mappingDigest(mapping), rules: mapping.roles.rules.length });
  void remapped;
}

const operationsOf = ({ store, clock, mapping, reconciler }: Omit<Running, "operations" | "survey">): Operations =>
  operations({
    store,
    clock,
    mapping,
    random: randomBytes,
    askSeats: () => reconciler.askSeats(),
    onWork: (lane) => reconciler.nudge(lane),
  });
