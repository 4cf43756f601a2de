import { startBridge, type Bridge, type BridgeParts } from "../bridge.js";
import { readEnvironment } from "../config.js";
import { BridgeError } from "../errors.js";
import { startTelemetry } from "../telemetry/index.js";
import { EXIT, type Io } from "./io.js";
import { readSettings } from "./settings.js";
import { watchMapping } from "./watch.js";

/** Runs until a signal arrives. */
export async function serve(io: Io): Promise<number> {
  const settings = await readSettings(readEnvironment(io.environment));
  if (settings.kind === "problems") return refuse(io, settings.problems);
  const { config, mapping } = settings;
  const telemetry = startTelemetry({ level: config.logLevel, format: config.logFormat });
  const bridge = await start({ config, mapping, telemetry }, io);
  if (bridge === undefined) return EXIT.configuration;
  const unwatch = watchMapping(config.mappingFile, bridge, telemetry.emit, io.onHangup);
  telemetry.emit({ kind: "stopping", signal: await io.untilStopped() });
  unwatch();
  await bridge.stop();
  telemetry.flush();
  return EXIT.fine;
}

export function refuse(io: Io, problems: readonly string[]): number {
  io.err(`The bridge cannot start: ${problems.length} problem${problems.length === 1 ? "" : "s"}.`);
  for (const problem of problems) io.err(`  ${problem}`);
  return EXIT.configuration;
}

/** undefined when the port or the database cannot be had; the reason has been told. */
export async function start(parts: BridgeParts, io: Io): Promise<Bridge | undefined> {
  try {
    return await startBridge(parts);
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    refuse(io, [error.message]);
    return undefined;
  }
}
