// Is Label Studio there, is it the right organisation, does it take our key? Asked at start and again until it does.
import { type BridgeError, hasCode, isRetryable } from "../errors.js";
import type { Organization, Principal } from "../ports.js";
import type { ReconcileOptions } from "./options.js";

/** A dead key, a wrong organisation or an unreachable server is probed by one call this often at least. */
const PROBE_MS = 30_000;
const FIRST_PROBE_MS = 1_000;

export type UpstreamState =
  | { readonly kind: "unknown" }
  | { readonly kind: "ok" }
  | { readonly kind: "unreachable"; readonly problem: string }
  /** The key, the organisation or a permission: nothing is sent until a probe succeeds. */
  | { readonly kind: "refused"; readonly problem: string };

export interface UpstreamReport {
  readonly state: UpstreamState;
  /** This URL, organisation and key have worked once ever. */
  readonly verified: boolean;
  readonly principal: Principal | undefined;
  readonly organization: Organization | undefined;
  readonly warnings: readonly string[];
}

export interface Upstream {
  report(): UpstreamReport;
  /** A call has come back TARGET_UNAUTHORIZED: stop sending, start probing. */
  refuse(problem: string): void;
  /** Probes until stopped; `onOk` runs each time that Label Studio takes the key (again). */
  watch(onOk: () => Promise<void>, signal: AbortSignal): Promise<void>;
}

const VERIFIED = "upstream.verified";

export function upstreamWatch(options: ReconcileOptions): Upstream {
  const { clock, emit } = options;
  let report: UpstreamReport = {
    state: { kind: "unknown" },
    verified: false,
    principal: undefined,
    organization: undefined,
    warnings: [],
  };
  let refused = new AbortController();
  const move = (state: UpstreamState): void => {
    report = { ...report, state };
    if (state.kind !== "unknown")
      emit({
        kind: "upstream-checked",
        ok: state.kind === "ok",
        problem: "problem" in state ? state.problem : undefined,
      });
  };
  return {
    report: () => report,
    refuse: (problem) => {
      if (report.state.kind !== "refused") move({ kind: "refused", problem });
      refused.abort();
    },
    watch: async (onOk, signal) => {
      report = { ...report, verified: (await options.store.recall(VERIFIED)) === options.fingerprint };
      for (let failures = 0; !signal.aborted;) {
        const checked = await check(options);
        if (signal.aborted) return;
        if (checked.kind === "ok") {
          failures = 0;
          refused = new AbortController();
          await options.store.remember(VERIFIED, options.fingerprint);
          report = { ...report, ...checked, verified: true };
          for (const warning of checked.warnings) emit({ kind: "upstream-warning", warning });
          move({ kind: "ok" });
          await onOk();
          await untilAborted(signal, refused.signal);
        } else move(checked);
        failures += 1;
        const unreachable = checked.kind === "unreachable";
        await clock.sleep(unreachable ? Math.min(PROBE_MS, FIRST_PROBE_MS * 2 ** (failures - 1)) : PROBE_MS, signal);
      }
    },
  };
}

type Checked =
  | {
      readonly kind: "ok";
      readonly principal: Principal;
      readonly organization: Organization;
      readonly warnings: readonly string[];
    }
  | { readonly kind: "unreachable" | "refused"; readonly problem: string };

async function check({ target }: ReconcileOptions): Promise<Checked> {
  try {
    const principal = await target.whoAmI();
    const organization = await target.organization();
    return { kind: "ok", principal, organization, warnings: warnings(principal, organization) };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { kind: isRetryable(error) ? "unreachable" : "refused", problem };
  }
}

/** What will go wrong later, said at once; none of it is certain enough to stop for (contract 1.4, 3). */
export function warnings(principal: Principal, organization: Organization): readonly string[] {
  const found: string[] = [];
  if (principal.role !== undefined && principal.role !== "OW" && principal.role !== "AD")
    found.push(`The API key belongs to a ${principal.role}; only an Owner or Administrator can assign roles.`);
  if (principal.permissions.length > 0 && !principal.permissions.includes("organizations.change"))
    found.push("The API key lacks the permission organizations.change, which changing a member needs.");
  if (organization.manualRoleManagement === false)
    found.push(
      "manual_role_management is off: Label Studio takes roles from SAML or its own SCIM only and will refuse ours. Switch it on.",
    );
  return found;
}

const untilAborted = (...signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of signals) {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    }
  });

export const isDeadKey = (error: unknown): error is BridgeError => hasCode(error, "TARGET_UNAUTHORIZED");
