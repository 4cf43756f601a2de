import { pino, type DestinationStream, type LevelWithSilent } from "pino";
import type { BridgeEvent, Emit } from "../events.js";
import { lineOf } from "./lines.js";
import { series, type PeopleGauge } from "./series.js";

/** A write for each line would cost more than most requests; the audit log, not this one, is what must not be lost. */
const BUFFER = 4_096;
const FLUSH_MS = 100;

export interface TelemetryOptions {
  readonly level: LevelWithSilent;
  /** Where log lines go; standard output when absent. */
  readonly destination?: DestinationStream;
}

export interface Telemetry {
  readonly emit: Emit;
  /** Prometheus text format 0.0.4. */
  metrics(people: PeopleGauge): Promise<string>;
  readonly metricsContentType: string;
  /** Writes out what is buffered: the last thing before the process ends. */
  flush(): void;
}

export function startTelemetry(options: TelemetryOptions): Telemetry {
  const destination: DestinationStream & { flushSync?: () => void } =
    options.destination ?? pino.destination({ fd: 1, sync: true, minLength: BUFFER, periodicFlush: FLUSH_MS });
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
    metrics: (people) => metrics.text(people),
    metricsContentType: metrics.contentType,
    flush: () => {
      destination.flushSync?.();
    },
  };
}
