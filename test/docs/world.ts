// A small organisation in which every command has something to say; its time stands still between two commands.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../src/cli/index.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { group, MAPPING, patch, user } from "../support/bridge.js";
import { timelessTrial, type TimelessTrial } from "../support/timeless.js";
import { plainText, type Plain } from "./plain.js";

const ADMIN_TOKEN = "admin-token-for-tests-only";

export interface World {
  readonly t: TimelessTrial;
  /** Another one, whose clock is that of the machine; `<labelStudio>` in an environment. */
  readonly labelStudio: Sandbox;
  readonly folder: string;
  readonly plain: Plain;
  /** What later command lines name as `<name>`. */
  readonly notes: Map<string, string>;
  readonly userId: (userName: string) => string;
  readonly groupId: (displayName: string) => string;
  readonly add: (userName: string, groupName?: string) => Promise<void>;
  readonly remove: (groupName: string, ...userNames: readonly string[]) => Promise<void>;
  /** From one group into another; nobody waits for what comes of it. */
  readonly move: (userName: string, from: string, to: string) => Promise<void>;
  readonly write: (name: string, text: string) => Promise<void>;
  readonly read: (name: string) => Promise<string>;
  readonly command: (line: string, environment?: Readonly<Record<string, string>>) => Promise<Ran>;
  readonly close: () => Promise<void>;
}

export interface Ran {
  readonly code: number;
  readonly lines: readonly string[];
}

const GROUPS = ["LS Admins", "LS Managers", "LS Reviewers", "LS Annotators"];
export const ANNOTATORS = Array.from(
  { length: 12 },
  (_, n) => `annotator${String(n + 1).padStart(2, "0")}@acme.example`,
);

export async function openWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "documented-"));
  const t = await timelessTrial();
  const labelStudio = await startSandbox();
  const ids = new Map<string, string>();
  const plain = plainText();
  plain.call(`${folder}/`, "");
  plain.call(t.url, "http://127.0.0.1:8080");
  plain.call(t.sandbox.url, "https://app.humansignal.com");
  plain.call(t.databaseUrl.replace(/^sqlite:/, ""), "data/bridge.db");
  const known = (name: string): string => ids.get(name) ?? "unknown";
  const member = (name: string) => ({ value: known(name) });
  const world: World = {
    t,
    labelStudio,
    folder,
    plain,
    notes: new Map([["labelStudio", labelStudio.url]]),
    userId: known,
    groupId: known,
    add: async (userName, groupName) => {
      ids.set(userName, (await t.scim("POST", "/Users", user(userName))).body.id);
      if (groupName !== undefined)
        await t.scim(
          "PATCH",
          `/Groups/${known(groupName)}`,
          patch({ op: "add", path: "members", value: [member(userName)] }),
        );
      await t.settled(60_000);
    },
    remove: async (groupName, ...userNames) => {
      const value = userNames.map(member);
      await t.scim("PATCH", `/Groups/${known(groupName)}`, patch({ op: "remove", path: "members", value }));
      await t.settled(60_000);
    },
    move: async (userName, from, to) => {
      const value = [member(userName)];
      await t.scim("PATCH", `/Groups/${known(from)}`, patch({ op: "remove", path: "members", value }));
      await t.scim("PATCH", `/Groups/${known(to)}`, patch({ op: "add", path: "members", value }));
    },
    write: (name, text) => writeFile(join(folder, name), text),
    read: (name) => readFile(join(folder, name), "utf8"),
    command: (line, environment) => command(world, line, environment),
    close: async () => {
      await t.close();
      await labelStudio.close();
      await rm(folder, { recursive: true });
    },
  };
  for (const name of GROUPS) ids.set(name, (await t.scim("POST", "/Groups", group(name))).body.id);
  for (const name of ANNOTATORS) await world.add(name, "LS Annotators");
  await world.add("rina.engel@acme.example", "LS Reviewers");
  await world.write("mapping.yaml", MAPPING.trimStart());
  return world;
}

/** File names in the arguments are names in the world's folder. */
async function command(world: World, line: string, environment: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const { t, folder, notes } = world;
  const noted = (text: string): string => text.replace(/<(\w+)>/g, (all, name: string) => notes.get(name) ?? all);
  const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, noted(value)]));
  const args = words(line).map(noted);
  const placed = args.map((word) => (/^[\w-]+\.(yaml|db)$/.test(word) ? join(folder, word) : word));
  const lines: string[] = [];
  const settings = {
    LABEL_STUDIO_URL: t.sandbox.url,
    LABEL_STUDIO_API_KEY: t.sandbox.apiKey,
    LABEL_STUDIO_MAX_RPS: "0",
    SCIM_BEARER_TOKEN: "scim-token-for-tests-only",
    ADMIN_TOKEN,
    PORT: new URL(t.url).port,
    DATABASE_URL: t.databaseUrl,
    MAPPING_FILE: join(folder, "mapping.yaml"),
  };
  const code = await run(placed, "0.1.0", {
    out: (text) => lines.push(text),
    err: (text) => lines.push(text),
    environment: { ...settings, ...given },
    untilStopped: () => new Promise(() => undefined),
    onHangup: () => () => undefined,
  });
  const digest = /^digest ([0-9a-f]{64})$/m.exec(lines.join("\n"))?.[1];
  if (digest !== undefined) notes.set("digest", digest);
  return { code, lines };
}

const words = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
