// Long work shows how far it is: a bar where a terminal is, else a line now and then; always on standard error.
import type { Io } from "./io.js";

export interface Progress {
  /** `all` undefined: nobody knows how much there is. */
  report(done: number, all: number | undefined): void;
  /** Leaves nothing of the bar behind. */
  end(): void;
  /** Until it is over; says how long it takes while nothing else is reported. */
  during<T>(work: Promise<T>): Promise<T>;
}

const WIDTH = 30;
/** Quick work needs no line. */
const FIRST_LINE_MS = 2_000;
const BETWEEN_LINES_MS = 5_000;
const BETWEEN_BARS_MS = 100;

const TICK_MS = 1_000;

const NO_PROGRESS: Progress = { report: () => undefined, end: () => undefined, during: (work) => work };

/** Nothing for machines (`--json`). */
export function progress(io: Io, what: string, { json = false }: { readonly json?: boolean } = {}): Progress {
  const { terminal, elapsedMs } = io;
  if (json || elapsedMs === undefined) return NO_PROGRESS;
  const startedAt = elapsedMs();
  let notBefore = startedAt + (terminal ? 0 : FIRST_LINE_MS);
  let isReported = false;
  const show = (bar: string, line: string): void => {
    const now = elapsedMs();
    if (now < notBefore) return;
    notBefore = now + (terminal ? BETWEEN_BARS_MS : BETWEEN_LINES_MS);
    if (terminal) terminal(`\r\u001b[K${bar}`);
    else io.err(line);
  };
  const end = (): void => terminal?.("\r\u001b[K");
  return {
    end,
    report: (done, all) => {
      isReported = true;
      show(barOf(what, done, all), lineOf(what, done, all));
    },
    during: async (work) => {
      const waited = (): string => `${what}: ${Math.round((elapsedMs() - startedAt) / 1_000)} s`;
      const tick = setInterval(() => isReported || show(waited(), waited()), TICK_MS);
      try {
        return await work;
      } finally {
        clearInterval(tick);
        end();
      }
    },
  };
}

const lineOf = (what: string, done: number, all: number | undefined): string =>
  all === undefined ? `${what}: ${done}` : `${what}: ${done} of ${all} (${percent(done, all)} %)`;

function barOf(what: string, done: number, all: number | undefined): string {
  if (all === undefined) return lineOf(what, done, all);
  const full = Math.round((WIDTH * percent(done, all)) / 100);
  return `${what} [${"#".repeat(full)}${" ".repeat(WIDTH - full)}] ${done} of ${all}`;
}

const percent = (done: number, all: number): number =>
  all === 0 ? 100 : Math.min(100, Math.floor((100 * done) / all));
