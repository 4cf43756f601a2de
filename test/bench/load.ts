import { Pool } from "undici";
import type { Server } from "./server.js";

export interface Shot {
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: string;
  readonly body?: string;
}

export interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Milliseconds of the server's CPU per request. */
  readonly cpuMs: number;
}

/** Sends `count` requests over so many connections, each waiting for its answer; every answer has to be a 2xx. */
export async function fire(
  server: Server,
  token: string,
  connections: number,
  count: number,
  shot: (index: number) => Shot,
): Promise<Figures> {
  const pool = new Pool(server.url, { connections, pipelining: 1 });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
  const took: number[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const { method, path, body } = shot(next++);
      const from = performance.now();
      const answer = await pool.request({ method, path, headers, body: body ?? null });
      await answer.body.dump();
      took.push(performance.now() - from);
      if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}`);
    }
  };
  const cpuBefore = server.cpuMs();
  const from = performance.now();
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - from) / 1000;
  const cpuMs = (server.cpuMs() - cpuBefore) / count;
  await pool.close();
  took.sort((a, b) => a - b);
  const at = (share: number): number => took[Math.floor((took.length - 1) * share)] ?? 0;
  return { perSecond: count / seconds, p50Ms: at(0.5), p99Ms: at(0.99), cpuMs };
}
