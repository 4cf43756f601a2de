import { examine, examineStore, type Examination } from "../beside.js";
import { readEnvironment, type Config } from "../config.js";
import { isRetryable } from "../errors.js";
import type { Mapping } from "../mapping/index.js";
import {
  clockFinding,
  conflictFindings,
  mappingFindings,
  sectionFindings,
  storeFindings,
  upstreamFindings,
  type Finding,
} from "./findings.js";
import { EXIT, type Io } from "./io.js";
import { refuse } from "./serve.js";
import { readSettings } from "./settings.js";

/** A look at everything that a first connection to a real organisation depends on. Writes nothing. */
export async function doctor({ json }: { readonly json: boolean }, io: Io): Promise<number> {
  const settings = await readSettings(readEnvironment(io.environment));
  if (settings.kind === "problems") return refuse(io, settings.problems);
  const { config, mapping } = settings;
  const [there, store] = await Promise.all([askLabelStudio(config, mapping), asked(() => examineStore(config))]);
  const groups = (store.kind === "answer" && store.answer.known?.groups) || [];
  const findings: readonly Finding[] = [
    ...(there.kind === "answer" ? upstreamFindings(there.answer, mapping) : [failed("Label Studio", there.problem)]),
    ...(there.isAnswered ? [clockFinding(there.skewMs)] : []),
    ...(there.kind === "answer" ? conflictFindings(there.answer.groupRoles, mapping, groups) : []),
    ...(there.kind === "answer" ? there.answer.sections.flatMap(sectionFindings) : []),
    ...(store.kind === "answer" ? storeFindings(store.answer) : [failed("store", store.problem)]),
    ...mappingFindings(config.mappingFile, mapping, groups),
    { check: "mode", ok: true, found: config.mode === "observe" ? "observe: nothing is written" : "apply" },
  ];
  if (json) io.out(JSON.stringify({ findings }, undefined, 2));
  else lines(findings).forEach(io.out);
  if (there.kind === "failed" && there.isUnreachable) return EXIT.unreachable;
  return findings.every(({ ok }) => ok) ? EXIT.fine : EXIT.problems;
}

const failed = (check: string, found: string): Finding => ({ check, ok: false, found });

function lines(findings: readonly Finding[]): readonly string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const mark = (finding: Finding): string => (finding.ok ? (finding.doubt ? "doubt  " : "ok     ") : "PROBLEM");
  return findings.map((finding) => `${mark(finding)}  ${finding.check.padEnd(width)}  ${finding.found}`);
}

type Asked<T> =
  | { readonly kind: "answer"; readonly answer: T }
  | { readonly kind: "failed"; readonly problem: string; readonly isUnreachable: boolean };

async function asked<T>(ask: () => Promise<T>): Promise<Asked<T>> {
  try {
    return { kind: "answer", answer: await ask() };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { kind: "failed", problem, isUnreachable: isRetryable(error) };
  }
}

/** Also a refusal says what time it is there. */
async function askLabelStudio(
  config: Config,
  mapping: Mapping,
): Promise<Asked<Examination> & { readonly isAnswered: boolean; readonly skewMs: number | undefined }> {
  let isAnswered = false;
  let skewMs: number | undefined;
  const examined = await asked(() =>
    examine(config, mapping, (event) => {
      if (event.kind !== "upstream-call") return;
      isAnswered ||= event.status !== undefined;
      skewMs = event.skewMs ?? skewMs;
    }),
  );
  return { ...examined, isAnswered, skewMs };
}
