import { pino, type DestinationStream, type LevelWithSilent } from "pino";
import { isatty } from "node:tty";
import pretty from "pino-pretty";
import type { BridgeEvent, Emit } from "../events.js";
import { lineOf } from "./lines.js";
import { series, type TakeSnapshot } from "./series.js";

/** A write for each line would cost more than most requests; the audit log, not this one, is what must not be lost. */
const BUFFER = 4_096;
const FLUSH_MS = 100;

export interface TelemetryOptions {
  readonly level: LevelWithSilent;
  /** `pretty`: for people, a line each with time, level and message first. */
  readonly format?: "json" | "pretty";
  /** Where log lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

export interface Telemetry {
  readonly emit: Emit;
  /** Prometheus text format 0.0.4. */
  metrics(take: TakeSnapshot): Promise<string>;
  readonly metricsContentType: string;
  /** Writes out what is buffered: the last thing before the process ends. */
  flush(): void;
}

type Destination = DestinationStream & { flushSync?: () => void };

/** People want each line at once. */
function standardOutput(format: TelemetryOptions["format"]): Destination {
  if (format !== "pretty") return pino.destination({ fd: 1, sync: true, minLength: BUFFER, periodicFlush: FLUSH_MS });
  return pretty({
    destination: 1,
    sync: true,
    colorize: isatty(1),
    translateTime: "SYS:HH:MM:ss.l",
    singleLine: true,
  });
}

export function startTelemetry(options: TelemetryOptions): Telemetry {
  const destination: Destination = options.destination ?? standardOutput(options.format);
  const logger = pino(
    {
      level: options.level,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
  const metrics = series();
  return {
    emit: (event: BridgeEvent) => {
      const { level, ...line } = lineOf(event);
      logger[level](line.fields, line.message);
      metrics.count(event);
    },
    metrics: (take) => metrics.text(take),
    metricsContentType: metrics.contentType,
    flush: () => {
      destination.flushSync?.();
    },
  };
}
