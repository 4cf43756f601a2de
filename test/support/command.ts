// One command line in this process, with what it writes.
import { run } from "../../src/cli/index.js";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function runCommand(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, "0", {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    environment,
    untilStopped: () => new Promise(() => undefined),
    onHangup: () => () => undefined,
  });
  return { code, out: out.join("\n"), err: err.join("\n") };
}
