// The port that the bridge listens on.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Express } from "express";
import { httpUrl, type Config } from "./config.js";
import { BridgeError } from "./errors.js";

export interface Door {
  readonly server: Server;
  readonly url: string;
  /** Requests that came before wait for this. */
  admit(app: Express): void;
}

export async function openDoor(config: Config): Promise<Door> {
  let admit: (app: Express) => void = () => undefined;
  const admitted = new Promise<Express>((resolve) => (admit = resolve));
  const server = createServer((request, response) => {
    void admitted.then((app) => {
      app(request, response);
    });
  });
  await listen(server, config);
  return { server, url: urlOf(server, config), admit: (app) => admit(app) };
}

function listen(server: Server, { host, port }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new BridgeError("CONFIG_INVALID", `Cannot listen on ${host}:${port}: ${error.code ?? error.message}.`));
    });
    server.listen(port, host, resolve);
  });
}

function urlOf(server: Server, { host }: Config): string {
  const { port } = server.address() as AddressInfo;
  return httpUrl(host, port);
}
