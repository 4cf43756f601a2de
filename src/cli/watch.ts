// A mapping that changes while the bridge runs: noticed by itself, or told by SIGHUP.
import { unwatchFile, watchFile } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Bridge } from "../bridge.js";
import type { Emit } from "../events.js";
import type { Io } from "./io.js";
import { readMapping } from "./settings.js";

/** Polled: a file that is replaced, as in a mounted ConfigMap, is another one to those who wait for events of the first. */
const LOOK_MS = 1_000;

/** A file that is being written in place may be valid when half of its rules are there: it is read until it stays the same. */
const STILL_MS = 300;

/** Answers how to stop. One that is not valid is told, and the mapping in force stays. */
export function watchMapping(
  file: string,
  bridge: Pick<Bridge, "remap">,
  emit: Emit,
  onHangup: Io["onHangup"],
): () => void {
  let last: Promise<void> = Promise.resolve();
  const read = (): void => {
    last = last.then(() => reread(file, bridge, emit)).catch((error: unknown) => emit({ kind: "loop-fault", error }));
  };
  watchFile(file, { interval: LOOK_MS, persistent: false }, read);
  const deaf = onHangup(read);
  return () => {
    unwatchFile(file, read);
    deaf();
  };
}

async function reread(file: string, bridge: Pick<Bridge, "remap">, emit: Emit): Promise<void> {
  const read = await settled(file);
  if (read.kind === "problems") emit({ kind: "mapping-refused", problems: read.problems });
  else await bridge.remap(read.mapping);
}

async function settled(file: string): ReturnType<typeof readMapping> {
  for (let last = await readMapping(file); ;) {
    await delay(STILL_MS);
    const next = await readMapping(file);
    if (isDeepStrictEqual(contentOf(next), contentOf(last))) return next;
    last = next;
  }
}

const contentOf = (read: Awaited<ReturnType<typeof readMapping>>): string | readonly string[] =>
  read.kind === "mapping" ? read.mapping.text : read.problems;
