import { durationMs } from "../durations.js";
import { BridgeError } from "../errors.js";
import type { Clock, Store } from "../ports.js";
import { EXPORT_FORMATS, exportAudit, type ExportFormat } from "./export.js";
import { verifyTrail, type Verified, type VerifyOptions } from "./verify.js";

/** As operators write it. */
export interface ExportRequest {
  /** ISO 8601, or how long ago: `24h`, `30d`. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly format?: string | undefined;
}

export interface AuditLog {
  verify(options?: VerifyOptions): Promise<Verified>;
  /** Pages of lines; INVALID_VALUE before the first of them. */
  export(request: ExportRequest): AsyncIterable<readonly string[]>;
  formatOf(request: ExportRequest): ExportFormat;
}

export function auditLog(store: Store, clock: Clock): AuditLog {
  const formatOf = ({ format = "ndjson" }: ExportRequest): ExportFormat => {
    const known = EXPORT_FORMATS.find((each) => each === format);
    if (known === undefined) throw new BridgeError("INVALID_VALUE", `format is one of ${EXPORT_FORMATS.join(", ")}.`);
    return known;
  };
  return {
    verify: (options) => verifyTrail(store, options),
    formatOf,
    export: (request) => {
      const now = clock.now();
      const [since, until] = [instant("since", request.since, now), instant("until", request.until, now)];
      return exportAudit(store, { since, until, format: formatOf(request) });
    },
  };
}

function instant(name: string, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const ago = durationMs(text);
  const at = Number.isNaN(ago) && /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : now - ago;
  if (Number.isNaN(at))
    throw new BridgeError(
      "INVALID_VALUE",
      `${name} is a time such as 2026-11-22T08:00:00Z, or how long ago: 24h, 30d.`,
    );
  return at;
}
