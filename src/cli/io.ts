import type { Environment } from "../config.js";

/** Where a command reads and writes; `untilStopped` resolves with the signal that ends a server. */
export interface Io {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  /** Resolves when what was written is not piling up any more. */
  readonly drained?: () => Promise<void>;
  /** Writes on standard error as it is, where that is a terminal. */
  readonly terminal?: (text: string) => void;
  /** Milliseconds since whenever: for telling how far long work is. */
  readonly elapsedMs?: () => number;
  readonly environment: Environment;
  readonly untilStopped: () => Promise<string>;
  /** SIGHUP; answers how to stop listening for it. */
  readonly onHangup: (act: () => void) => () => void;
}

/** Exit codes, the same for every command. */
export const EXIT = {
  fine: 0,
  problems: 1,
  configuration: 2,
  changes: 3,
  held: 4,
  usage: 64,
  unreachable: 69,
} as const;
