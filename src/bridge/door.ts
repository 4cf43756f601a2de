// The ports that the bridge listens on.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Express } from "express";
import { httpUrl, type Config } from "../config.js";
import { BridgeError } from "../errors.js";

export interface Door {
  readonly server: Server;
  readonly url: string;
  /** Requests that came before wait for this. */
  admit(app: Express): void;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

async function openDoor(at: Address): Promise<Door> {
  let admit: (app: Express) => void = () => undefined;
  const admitted = new Promise<Express>((resolve) => (admit = resolve));
  const server = createServer((request, response) => {
    void admitted.then((app) => {
      app(request, response);
    });
  });
  await listen(server, at);
  return { server, url: urlOf(server, at), admit: (app) => admit(app) };
}

function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new BridgeError("CONFIG_INVALID", `Cannot listen on ${host}:${port}: ${error.code ?? error.message}.`));
    });
    server.listen(port, host, resolve);
  });
}

function urlOf(server: Server, { host }: Address): string {
  const { port } = server.address() as AddressInfo;
  return httpUrl(host, port);
}

export interface Doors {
  readonly door: Door;
  /** undefined: operators come by the same. */
  readonly adminDoor: Door | undefined;
  readonly servers: readonly Server[];
}

export async function openDoors({
  host,
  port,
  adminPort,
}: Pick<Config, "host" | "port" | "adminPort">): Promise<Doors> {
  const door = await openDoor({ host, port });
  try {
    const adminDoor = adminPort && (await openDoor(adminPort));
    return { door, adminDoor, servers: adminDoor ? [door.server, adminDoor.server] : [door.server] };
  } catch (error) {
    shut(door.server);
    throw error;
  }
}

export function shut(server: Server): void {
  server.close();
  server.closeAllConnections();
}

/** Requests still running after this are cut off; a SIGTERM is done within 10 s. */
const DRAIN_MS = 4_000;
const IDLE_CHECK_MS = 50;

/** Resolves when every request is answered, and nobody is connected any more. */
export async function drained(server: Server): Promise<void> {
  // A connection that is busy now is told to close with its answer; one that falls idle otherwise is closed here.
  server.prependListener("request", (_request, response) => response.setHeader("Connection", "close"));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const cutOff = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(cutOff);
  clearInterval(idle);
}
