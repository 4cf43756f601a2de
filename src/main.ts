#!/usr/bin/env node
// The process edge: arguments, environment, streams and signals in; an exit code out.
import { readFileSync } from "node:fs";
import { run } from "./cli/index.js";
import { visible } from "./visible.js";

// Some client text becomes object keys inside libraries; without this accessor none of it can reach Object.prototype.
delete (Object.prototype as { __proto__?: unknown }).__proto__;

/** A second signal, or a stop that hangs, ends the process the hard way; nothing acknowledged is lost by that. */
const LONGEST_STOP_MS = 9_500;

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

// Whoever reads the first lines only, as `head` does, has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

const untilStopped = (): Promise<string> =>
  new Promise((resolve) => {
    const onSignal = (signal: string): void => {
      setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
      for (const again of ["SIGTERM", "SIGINT"]) process.once(again, () => process.exit(1));
      resolve(signal);
    };
    process.once("SIGTERM", onSignal);
    process.once("SIGINT", onSignal);
  });

const onHangup = (act: () => void): (() => void) => {
  process.on("SIGHUP", act);
  return () => process.off("SIGHUP", act);
};

/** To a terminal names are shown, and do nothing to it; files and pipes get them as they are. */
const writerTo =
  (stream: NodeJS.WriteStream) =>
  (line: string): boolean =>
    stream.write(`${stream.isTTY ? visible(line.replace(/\r$/, "")) : line}\n`);

process.exitCode = await run(process.argv.slice(2), version, {
  out: writerTo(process.stdout),
  err: writerTo(process.stderr),
  drained: async () => {
    if (process.stdout.writableNeedDrain) await new Promise((resolve) => process.stdout.once("drain", resolve));
  },
  ...(process.stderr.isTTY && { terminal: (text: string) => void process.stderr.write(text) }),
  elapsedMs: () => performance.now(),
  environment: process.env,
  untilStopped,
  onHangup,
});
