// docs/commands.md: every command as it was really run, against a bridge that serves and the emulated Label Studio.
import { run } from "../../src/cli/index.js";
import type { Chapter } from "./chapter.js";
import { CHAPTERS, USAGE } from "./chapters.js";
import { formatted } from "./formatted.js";
import { startLines } from "./start.js";
import { openWorld, type World } from "./world.js";

const OPENING = `# Every command, as it answers

Made by \`npm run docs\` from a real run against the emulated Label Studio; a test compares. Ids, digests and the port are made up. The token is in
\`ADMIN_TOKEN\`, the bridge runs, and \`[exit 4]\` is not printed but the exit code where it is not 0:

| exit code | means |
| --- | --- |
| 0 | fine, nothing to do |
| 1 | problems found: somebody fails, nothing was found that was meant, a file is not valid |
| 2 | the configuration or the mapping is not valid |
| 3 | there are changes |
| 4 | held, or refused because it would not be what was asked for |
| 64 | wrong arguments |
| 69 | the bridge, the database or Label Studio cannot be reached |
`;

export async function commandsDocument(): Promise<string> {
  const world = await openWorld();
  try {
    const parts = [OPENING];
    for (const chapter of CHAPTERS) parts.push(`## ${chapter.command}\n`, await told(chapter, world));
    parts.push("## When it is wrong, or nobody answers\n", await told(USAGE, world));
    return await formatted("docs/commands.md", parts.join("\n"));
  } finally {
    await world.close();
  }
}

async function told({ about, steps }: Chapter, world: World): Promise<string> {
  const parts = [`${about}\n`];
  for (const step of steps)
    if ("then" in step) await step.then(world);
    else if ("say" in step) parts.push(`${step.say}\n`);
    else if ("start" in step) parts.push(consoleBlock("serve", await startLines(world.t.sandbox)));
    else {
      const shown = world.plain(step.run.replace(/<(\w+)>/g, (all, name: string) => world.notes.get(name) ?? all));
      const { code, lines } = await world.command(step.run, step.environment);
      const ended = code === 0 ? [] : [`[exit ${code}]`];
      parts.push(consoleBlock(shown, [...lines.map((line) => world.plain(line).trimEnd()), ...ended]));
    }
  return parts.join("\n");
}

const consoleBlock = (command: string, lines: readonly string[]): string =>
  ["```console", `$ label-studio-scim-bridge ${command}`, ...lines, "```", ""].join("\n");

/** As `--help` names them. */
export async function registeredCommands(): Promise<readonly string[]> {
  const top = await namesIn([]);
  const all: string[] = [];
  for (const name of top) {
    const own = name === "help" ? [] : await namesIn([name]);
    all.push(...(own.length === 0 ? [name] : own.map((each) => `${name} ${each}`)));
  }
  return all.filter((name) => !/\bhelp$/.test(name));
}

async function namesIn(path: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const io = { out: (text: string) => void lines.push(text), err: () => undefined, environment: {} };
  await run([...path, "--help"], "0", {
    ...io,
    untilStopped: () => new Promise(() => undefined),
    onHangup: () => () => undefined,
  });
  const [, listed] = lines.join("\n").split("\nCommands:\n");
  return [...(listed ?? "").matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name]) => name ?? "");
}
