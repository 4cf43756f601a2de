import { examine, type Examination } from "../bridge.js";
import { readEnvironment } from "../config.js";
import { isRetryable } from "../errors.js";
import { lint } from "../mapping/index.js";
import { EXIT, type Io } from "./io.js";
import { refuse } from "./serve.js";
import { readSettings } from "./settings.js";

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string;
}

/** A look at everything that a first connection to a real organisation depends on. Writes nothing. */
export async function doctor({ json }: { readonly json: boolean }, io: Io): Promise<number> {
  const settings = await readSettings(readEnvironment(io.environment));
  if (settings.kind === "problems") return refuse(io, settings.problems);
  const { config, mapping } = settings;
  const { findings, code } = await look(() => examine(config, () => undefined));
  const rules = mapping.roles.rules.length;
  findings.push({ check: "mapping", ok: true, found: `${config.mappingFile}: ${rules} role rules` });
  for (const { line, message } of lint(mapping, undefined))
    findings.push({ check: `mapping, line ${line}`, ok: true, found: message });
  findings.push({
    check: "mode",
    ok: true,
    found: config.mode === "observe" ? "observe: nothing is written" : "apply",
  });
  if (json) io.out(JSON.stringify({ findings }, undefined, 2));
  else
    for (const { ok, check, found } of findings) io.out(`${ok ? "ok     " : "PROBLEM"}  ${check.padEnd(22)}  ${found}`);
  return code;
}

const isFine = ({ warnings, groupRoles }: Examination): boolean => warnings.length + groupRoles.length === 0;

async function look(ask: () => Promise<Examination>): Promise<{ findings: Finding[]; code: number }> {
  try {
    const examination = await ask();
    return { findings: report(examination), code: isFine(examination) ? EXIT.fine : EXIT.problems };
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const code = isRetryable(error) ? EXIT.unreachable : EXIT.problems;
    return { findings: [{ check: "Label Studio", ok: false, found }], code };
  }
}

const seatsFound = ({ used, limit }: Examination["seats"]): string =>
  limit === undefined ? "no limit that is told" : `${used ?? "unknown"} of ${limit} in use`;

function report({ principal, organization, groupRoles, seats, warnings }: Examination): Finding[] {
  const manual = organization.manualRoleManagement;
  return [
    { check: "key", ok: true, found: `${principal.keyKind} of user ${principal.userId}` },
    { check: "role", ok: true, found: principal.role ?? "not reported by this server" },
    { check: "organisation", ok: true, found: `${organization.id} ${JSON.stringify(organization.title)}` },
    { check: "permissions", ok: true, found: `${principal.permissions.length} granted` },
    { check: "default role", ok: true, found: organization.defaultRole ?? "not reported by this server" },
    {
      check: "manual_role_management",
      ok: manual !== false,
      found: manual === undefined ? "not reported" : String(manual),
    },
    { check: "seats", ok: true, found: seatsFound(seats) },
    ...groupRoles.map(({ by, group, role }) => ({
      check: `its own ${by.toUpperCase()}`,
      ok: false,
      found: `gives ${role} to ${JSON.stringify(group)}: it and the bridge would undo each other's work; import-lse, then remove it there`,
    })),
    ...warnings.map((warning) => ({ check: "warning", ok: false, found: warning })),
  ];
}
