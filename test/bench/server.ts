// A server in a process of its own, and what it has used of the CPU and holds of the memory.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { fill, type Size } from "./fill.js";

export const TOKEN = "bench-token-of-the-loopback";

export interface Server {
  readonly url: string;
  /** Milliseconds of CPU since it began, user and system. */
  cpuMs(): number;
  rssMb(): number;
  stop(): Promise<void>;
}

/** Clock ticks a second in /proc (Linux: always 100). */
const TICKS = 100;

export async function spawnServer(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  urlIn: (line: string) => string | undefined,
  input?: string,
): Promise<Server> {
  const child = spawn(process.execPath, args, { env: environment, stdio: ["pipe", "pipe", "inherit"] });
  if (input !== undefined) child.stdin.write(`${input}\n`);
  const url = await listening(child, urlIn);
  const { pid } = child;
  return {
    url,
    cpuMs: () => {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
      return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
    },
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024,
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGTERM");
      }),
  };
}

/** The built program on a database of this size. */
export async function spawnBridge(size: Size, settings: Readonly<Record<string, string>> = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "scim-bench-"));
  const database = join(folder, "bridge.db");
  await fill(database, size);
  const environment = {
    ...process.env,
    PORT: "0",
    DATABASE_URL: `sqlite:${database}`,
    // Nobody listens there: what is measured is SCIM, not the loop behind it.
    LABEL_STUDIO_URL: "http://127.0.0.1:9",
    LABEL_STUDIO_API_KEY: "none",
    SCIM_BEARER_TOKEN: TOKEN,
    LOG_LEVEL: "info",
    ...settings,
  };
  const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
  const server = await spawnServer([main, "serve"], environment, (line) =>
    line.includes('"listening"') ? (JSON.parse(line) as { url: string }).url : undefined,
  );
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function listening(child: ChildProcess, urlIn: (line: string) => string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it listened`)));
    if (child.stdout)
      createInterface({ input: child.stdout }).on("line", (line) => {
        const url = urlIn(line);
        if (url !== undefined) resolve(url);
      });
  });
}
