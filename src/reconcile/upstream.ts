// Is Label Studio there, is it the right organisation, does it take our key? Asked at start and again until it does.
import { type BridgeError, hasCode, isRetryable } from "../errors.js";
import { PRINCIPAL } from "../foresight/index.js";
import type { Organization, Principal } from "../ports.js";
import { doubt, FIRST_PROBE_MS, PROBE_MS } from "./doubt.js";
import type { ReconcileOptions } from "./options.js";

export type UpstreamState =
  | { readonly kind: "unknown" }
  /** Another process runs the loop. */
  | { readonly kind: "standby" }
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
  /** A call has failed as if Label Studio were gone: look whether it is, unless the next one gets through. */
  doubt(): void;
  /** A call has got through. */
  trust(): void;
  /** Probes until stopped; `onOk` runs each time that Label Studio takes the key (again). */
  watch(onOk: () => Promise<void>, signal: AbortSignal): Promise<void>;
}

const VERIFIED = "upstream.verified";

export const NOTHING_KNOWN: UpstreamReport = {
  state: { kind: "unknown" },
  verified: false,
  principal: undefined,
  organization: undefined,
  warnings: [],
};

export const wasVerified = async ({ store, fingerprint }: ReconcileOptions): Promise<boolean> =>
  (await store.recall(VERIFIED)) === fingerprint;

/** Makes the store this organisation's, however long that takes; `onMove` is told first when it was another's. */
type SettleIn = (organization: Organization, onMove: () => Promise<void>) => Promise<void>;

export function upstreamWatch(options: ReconcileOptions, settleIn: SettleIn): Upstream {
  const { clock, emit, store } = options;
  let report = NOTHING_KNOWN;
  const doubts = doubt(clock);
  const move = (state: UpstreamState): void => {
    if (state.kind === "ok" && report.state.kind === "ok") return;
    report = { ...report, state };
    emit({
      kind: "upstream-checked",
      ok: state.kind === "ok",
      problem: "problem" in state ? state.problem : undefined,
    });
  };

  /** Answers how long nobody needs to ask again; Infinity: until somebody doubts. */
  async function probe(failures: number, onOk: () => Promise<void>): Promise<number> {
    doubts.answer();
    const checked = await check(options, (organization) =>
      settleIn(organization, async () => {
        report = { ...report, verified: false };
        await store.forget(VERIFIED);
      }),
    );
    if (checked.kind !== "ok") {
      move(checked);
      return checked.kind === "refused" ? PROBE_MS : Math.min(PROBE_MS, FIRST_PROBE_MS * 2 ** failures);
    }
    await store.remember(VERIFIED, options.fingerprint);
    await store.remember(PRINCIPAL, String(checked.principal.userId));
    const wasOk = report.state.kind === "ok";
    const { principal, organization, warnings: found } = checked;
    report = { ...report, principal, organization, warnings: found, verified: true };
    if (!wasOk) for (const warning of found) emit({ kind: "upstream-warning", warning });
    move({ kind: "ok" });
    await onOk();
    return Infinity;
  }

  return {
    report: () => report,
    refuse: (problem) => {
      if (report.state.kind !== "refused") move({ kind: "refused", problem });
      doubts.raise();
    },
    doubt: doubts.raise,
    trust: doubts.trust,
    watch: async (onOk, signal) => {
      for (let failures = 0; !signal.aborted; failures++) {
        let waitMs = PROBE_MS;
        try {
          report = { ...report, verified: report.verified || (await wasVerified(options)) };
          waitMs = await probe(failures, onOk);
        } catch (error) {
          emit({ kind: "loop-fault", error });
        }
        if (waitMs === Infinity) {
          failures = -1;
          await doubts.lasts(() => report.state.kind === "refused", signal);
        } else await clock.sleep(waitMs, signal);
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

/** Not ok before the store is this organisation's: until then nobody is looked at. */
async function check(
  { target }: ReconcileOptions,
  settleIn: (organization: Organization) => Promise<void>,
): Promise<Checked> {
  try {
    const principal = await target.whoAmI();
    const organization = await target.organization();
    await settleIn(organization);
    return { kind: "ok", principal, organization, warnings: warnings(principal, organization) };
  } catch (error) {
    if (hasCode(error, "STORE_UNAVAILABLE")) throw error;
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

export const isDeadKey = (error: unknown): error is BridgeError => hasCode(error, "TARGET_UNAUTHORIZED");
