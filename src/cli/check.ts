import { formatProblems, lint, mappingDigest, parseMapping, type Parsed } from "../mapping/index.js";

export interface CheckOptions {
  readonly file: string;
  /** One JSON document on `out` instead of lines. */
  readonly json: boolean;
}

export interface CheckStreams {
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
}

const VALID = 0;
const PROBLEMS = 1;
const UNREADABLE = 2;

/** Is this mapping file valid? Answers the exit code: 0 valid, 1 problems, 2 the file cannot be read. */
export async function check(
  { file, json }: CheckOptions,
  { out, err }: CheckStreams,
  readFile: (path: string) => Promise<string>,
): Promise<number> {
  let text: string;
  try {
    text = await readFile(file);
  } catch (error) {
    const reason = `cannot read the mapping ${file}: ${error instanceof Error ? error.message : String(error)}`;
    if (json) out(JSON.stringify({ file, valid: false, error: reason }));
    else err(reason);
    return UNREADABLE;
  }
  const parsed = parseMapping(text);
  if (json) out(JSON.stringify(asJson(file, parsed)));
  else asLines(file, parsed).forEach((line) => out(line));
  return parsed.kind === "mapping" ? VALID : PROBLEMS;
}

function asLines(file: string, parsed: Parsed): readonly string[] {
  if (parsed.kind === "problems") return formatProblems(file, parsed.problems).split("\n");
  const count = parsed.mapping.roles.rules.length;
  const doubts = lint(parsed.mapping, undefined).map(({ line, message }) => `${file}:${line}  ${message}`);
  return [`${file}: valid - ${count} ${count === 1 ? "rule" : "rules"}`, ...doubts];
}

function asJson(file: string, parsed: Parsed): object {
  if (parsed.kind === "problems") return { file, valid: false, problems: parsed.problems };
  const { mapping } = parsed;
  const doubts = lint(mapping, undefined);
  return { file, valid: true, rules: mapping.roles.rules.length, digest: mappingDigest(mapping), doubts };
}
