// What `doctor` makes of what it has been told.
import type { Examination, SectionExamined } from "../beside.js";
import type { Mapping } from "../mapping/index.js";
import { lint, resolve, SECTION_KEYS, someone } from "../mapping/index.js";
import { catalogOf, unknownNames } from "../plan/index.js";
import type { GroupRef } from "../directory/index.js";
import type { GroupRoles, StoreReport } from "../ports.js";

export interface Finding {
  readonly check: string;
  /** False: it does not work like this, or will not for long. */
  readonly ok: boolean;
  /** It works, and is probably not meant. */
  readonly doubt?: true;
  readonly found: string;
}

const fine = (check: string, found: string): Finding => ({ check, ok: true, found });
const doubt = (check: string, found: string): Finding => ({ check, ok: true, doubt: true, found });
const problem = (check: string, found: string): Finding => ({ check, ok: false, found });

/** Access tokens live for five minutes (contract 1.3): beyond a minute too many of them are misjudged. */
const MOST_SKEW_MS = 60_000;

export function clockFinding(skewMs: number | undefined): Finding {
  if (skewMs === undefined) return fine("clock", "not compared: Label Studio's answers carry no date");
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const found = `${seconds} s ${skewMs < 0 ? "ahead of" : "behind"} Label Studio's`;
  if (Math.abs(skewMs) <= MOST_SKEW_MS) return fine("clock", seconds === 0 ? "the same as Label Studio's" : found);
  return problem(
    "clock",
    `${found}, at most ${MOST_SKEW_MS / 1_000} s are fine: access tokens are taken for valid or expired when they are not; set it (NTP)`,
  );
}

export function upstreamFindings(examination: Examination, mapping: Mapping): readonly Finding[] {
  const { principal, organization, warnings } = examination;
  return [
    fine("key", `${principal.keyKind} of user ${principal.userId}`),
    fine("role", principal.role ?? "not reported by this server"),
    fine("organisation", `${organization.id} ${JSON.stringify(organization.title)}`),
    fine("permissions", `${principal.permissions.length} granted`),
    fine("default role", organization.defaultRole ?? "not reported by this server"),
    ...manualFindings(organization),
    seatsFinding(examination, mapping),
    ...warnings.map((warning) => problem("warning", warning)),
  ];
}

function manualFindings(organization: Examination["organization"]): readonly Finding[] {
  const flag = (check: string, value: boolean | undefined, off: (found: string) => Finding): Finding =>
    value === false ? off("false") : fine(check, value === undefined ? "not reported by this server" : "true");
  const byOthers = (check: string) => (found: string) =>
    doubt(check, `${found}: Label Studio's own SAML and SCIM decide about these`);
  const [role, workspace, project] = [
    "manual_role_management",
    "manual_workspace_management",
    "manual_project_member_management",
  ] as const;
  return [
    flag(role, organization.manualRoleManagement, () =>
      problem(role, "false: Label Studio takes no roles from the API; switch it on in its SAML or billing settings"),
    ),
    flag(workspace, organization.manualWorkspaceManagement, byOthers(workspace)),
    flag(project, organization.manualProjectMemberManagement, byOthers(project)),
  ];
}

function seatsFinding({ seats: { used, limit } }: Examination, mapping: Mapping): Finding {
  if (limit === undefined || used === undefined) return fine("seats", "no limit that is told");
  const left = Math.max(0, limit - used);
  const found = `${used} of ${limit} in use, ${left === 0 ? "none" : left} left`;
  if (left > 0) return fine("seats", found);
  const then = mapping.seats.limit === "off" ? "Label Studio refuses whoever needs one" : "whoever needs one waits";
  return problem("seats", `${found}: ${then}`);
}

/** Groups that Label Studio itself gives roles by: harmless only where it gives what the mapping does. */
export function conflictFindings(
  groupRoles: readonly GroupRoles[],
  mapping: Mapping,
  groups: readonly GroupRef[],
): readonly Finding[] {
  return groupRoles.map(({ by, group, role }) => {
    const known = groups.find(({ displayName }) => displayName.trim().toLowerCase() === group.trim().toLowerCase());
    const given = resolve(mapping, someone(), [known ?? { id: "", externalId: undefined, displayName: group }]);
    const check = `its own ${by.toUpperCase()}`;
    const gives = `gives ${role} to ${JSON.stringify(group)}`;
    if (given.matched && given.role === role)
      return doubt(check, `${gives}, as the mapping does: two places to keep alike; remove it there`);
    const says = given.matched ? `the mapping gives ${given.role}` : "no rule of the mapping names it";
    return problem(check, `${gives}, ${says}: they would undo each other's work; import-lse, then remove it there`);
  });
}

export function storeFindings(report: StoreReport): readonly Finding[] {
  const { at, engine, bytes, readOnly, stepsToDo, unknownSteps, known } = report;
  const what = `${engine}, ${at}`;
  const exists = bytes > 0;
  const schema = !exists
    ? fine("store schema", "the first start creates it")
    : unknownSteps.length > 0
      ? problem("store schema", `a newer version has been there: ${unknownSteps.join(", ")}; start that version`)
      : fine("store schema", stepsToDo === 0 ? "current" : `${stepsToDo} steps behind: the next start takes them`);
  return [
    fine("store", exists ? `${what}, ${size(bytes)}` : `${what}: not there yet`),
    readOnly === undefined ? fine("store writable", "yes") : problem("store writable", `no: ${readOnly}`),
    schema,
    ...(known ? [fine("work", waiting(known))] : []),
  ];
}

const waiting = ({ pending, oldestPendingSeconds }: NonNullable<StoreReport["known"]>): string =>
  pending === 0 ? "nobody waits" : `${pending} people wait, the longest for ${oldestPendingSeconds} s`;

const size = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** `groups`: what the identity provider has pushed so far. */
export function mappingFindings(file: string, mapping: Mapping, groups: readonly GroupRef[]): readonly Finding[] {
  const rules = mapping.roles.rules.length;
  const pushed = groups.length === 0 ? "no group has been pushed yet" : `${groups.length} groups are known`;
  // Before the first push every rule would be told of.
  const doubts = lint(mapping, groups.length === 0 ? undefined : groups);
  return [
    fine("mapping", `${file}: ${rules} role rules; ${pushed}`),
    ...doubts.map(({ line, message }) => doubt(`mapping, line ${line}`, message)),
  ];
}

/** Tags, workspaces or projects as the mapping names them. */
export function sectionFindings({ section, found }: SectionExamined): readonly Finding[] {
  const key = SECTION_KEYS[section.kind].section;
  if (typeof found === "string") return [problem(key, found)];
  const unknown = unknownNames(section, catalogOf(found));
  if (unknown.length > 0) return unknown.map((name) => problem(key, name));
  return [fine(key, `${section.rules.length} rules, ${section.manage}; every name in them is known`)];
}
