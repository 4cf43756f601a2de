// The lines of a start and a stop of the built program.
import type { Sandbox } from "../../src/sandbox/index.js";
import { settingsFor, workplace } from "../support/program.js";

export async function startLines(sandbox: Sandbox): Promise<readonly string[]> {
  const here = await workplace();
  try {
    const program = here.start(settingsFor(sandbox), "serve");
    // The last line of a start; what is told in between may come in another order.
    await program.seen(/"msg":"swept"/);
    const { stdout } = await program.stop();
    return inOrder(stdout.trimEnd().split("\n").map(plain));
  } finally {
    await here.close();
  }
}

const plain = (line: string): string =>
  line
    .replace(/"time":"[^"]+"/, '"time":"2027-01-01T00:00:00.000Z"')
    .replace(/"durationMs":[\d.]+/, '"durationMs":31')
    .replace(/127\.0\.0\.1:\d+/, "127.0.0.1:8080");

const ORDER = [
  '"held":true,"msg":"loop-lease"',
  '"msg":"listening"',
  '"msg":"upstream-checked"',
  '"msg":"observed"',
  '"msg":"swept"',
  '"msg":"stopping"',
  '"held":false,"msg":"loop-lease"',
];

function inOrder(lines: readonly string[]): readonly string[] {
  const place = (line: string): number => ORDER.findIndex((part) => line.includes(part));
  return [...lines].sort((a, b) => place(a) - place(b));
}
