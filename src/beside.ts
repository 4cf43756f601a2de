// What commands are built from that run beside a bridge, or where none runs: they ask Label Studio, or work on the store itself.
import { auditLog, type AuditLog } from "./audit/index.js";
import { randomBytes } from "node:crypto";
import { credentialDesk, type CredentialDesk } from "./access/index.js";
import { systemClock } from "./clock.js";
import type { Config } from "./config.js";
import { hasCode } from "./errors.js";
import type { Emit } from "./events.js";
import { connectLabelStudio } from "./label-studio/index.js";
import { SECTION_KEYS, type Mapping, type Section } from "./mapping/index.js";
import type { Assignable } from "./membership/index.js";
import { operations, type Operations } from "./operator/index.js";
import { mappingInForce } from "./bridge/current-mapping.js";
import { shareOfCommands } from "./bridge/pace-shares.js";
import { namesIn } from "./plan/index.js";
import type { Clock, GroupRoles, Organization, Principal, Seats, StoreReport, Target } from "./ports.js";
import { upstreamWarnings } from "./reconcile/index.js";
import { backUp, inspectStore, openStore } from "./store/index.js";

/** Label Studio for a command that asks only, at the pace that is left to commands; the caller closes it. */
export type LabelStudioAsked = Omit<Target, "apply" | "assign" | "createAssignables">;

export function askLabelStudio(
  { labelStudio }: Config,
  emit: Emit = () => undefined,
  clock: Clock = systemClock,
): LabelStudioAsked {
  const maxRps = shareOfCommands(labelStudio.maxRps);
  return connectLabelStudio({ ...labelStudio, clock, emit, random: Math.random, maxRps });
}

export interface Examination {
  readonly principal: Principal;
  readonly organization: Organization;
  /** Groups that Label Studio's own SCIM and SAML give roles by: they would undo the bridge's. */
  readonly groupRoles: readonly GroupRoles[];
  readonly seats: Seats;
  readonly warnings: readonly string[];
  /** By section of the mapping: everything there is that its rules could name, or why that cannot be had. */
  readonly sections: readonly SectionExamined[];
}

export interface SectionExamined {
  readonly section: Section;
  readonly found: readonly Assignable[] | string;
}

/** Asks Label Studio what `doctor` reports; writes nothing. */
export async function examine(
  config: Config,
  mapping: Mapping,
  emit: Emit,
  clock: Clock = systemClock,
): Promise<Examination> {
  const target = askLabelStudio(config, emit, clock);
  try {
    const principal = await target.whoAmI();
    const organization = await target.organization();
    const groupRoles = await target.groupRoles();
    const seats = await target.seats();
    const sections: SectionExamined[] = [];
    for (const section of mapping.sections) sections.push({ section, found: await examineSection(target, section) });
    const warnings = upstreamWarnings(principal, organization);
    return { principal, organization, groupRoles, seats, warnings, sections };
  } finally {
    await target.close();
  }
}

async function examineSection(target: LabelStudioAsked, section: Section): Promise<SectionExamined["found"]> {
  try {
    const found = await target.assignables(section.kind, namesIn(section), "sweep");
    return found ?? `this Label Studio has no ${SECTION_KEYS[section.kind].section}`;
  } catch (error) {
    if (!hasCode(error, "TARGET_REFUSED")) throw error;
    return error.message;
  }
}

/** What `doctor` reports of the database; nothing of it is created or changed. */
export const examineStore = ({ databaseUrl }: Config, clock: Clock = systemClock): Promise<StoreReport> =>
  inspectStore(databaseUrl, clock.now());

/**
 * What operators can ask and decide, straight on a store: also where no bridge runs. Without a mapping under the one in
 * force there; undefined: there is none.
 */
export async function openOperations(
  { databaseUrl, mapping: given }: { readonly databaseUrl: string; readonly mapping: Mapping | undefined },
  clock: Clock = systemClock,
): Promise<(Operations & { close(): Promise<void> }) | undefined> {
  const store = await openStore({ url: databaseUrl });
  const mapping = given ?? (await mappingInForce(store));
  if (!mapping) {
    await store.close();
    return undefined;
  }
  const nobody = {
    observeOnly: false,
    random: randomBytes,
    askSeats: () => Promise.resolve(),
    onWork: () => undefined,
  };
  return { ...operations({ store, clock, mapping: () => mapping, ...nobody }), close: () => store.close() };
}

/** The same for managed tokens alone, which need no mapping; the store is made if there is none. */
export async function openCredentialDesk(
  databaseUrl: string,
  clock: Clock = systemClock,
): Promise<CredentialDesk & { close(): Promise<void> }> {
  const store = await openStore({ url: databaseUrl });
  return { ...credentialDesk({ store, clock, random: randomBytes }), close: () => store.close() };
}

/** A copy of the database that a bridge is served from, which its next start knows for a backup. */
export const backUpDatabase = (databaseUrl: string, file: string, clock: Clock = systemClock) =>
  backUp(databaseUrl, file, new Date(clock.now()).toISOString());

/** The audit log straight on a store: also where no bridge runs. */
export async function openAuditLog(
  databaseUrl: string,
  clock: Clock = systemClock,
): Promise<AuditLog & { close(): Promise<void> }> {
  const store = await openStore({ url: databaseUrl });
  return { ...auditLog(store, clock), close: () => store.close() };
}
