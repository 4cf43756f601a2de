export type Path = readonly (string | number)[];

export interface Position {
  /** Counted from 1, as editors do. */
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with a mapping file: `path` is where in the file's tree (`roles.rules[0].role`), empty for the whole. */
export interface Problem extends Position {
  readonly path: string;
  /** What is wrong and what is accepted. */
  readonly message: string;
}

/** A problem before its position is looked up: at the key of `path`, or at its value. */
export interface Finding {
  readonly path: Path;
  readonly at: "key" | "value";
  readonly message: string;
}

/** `file:line:column  message`, the form that terminals and editors make clickable. */
export function formatProblems(file: string, problems: readonly Problem[]): string {
  return problems.map(({ line, column, message }) => `${file}:${line}:${column}  ${message}`).join("\n");
}

export const inFileOrder = (problems: readonly Problem[]): readonly Problem[] =>
  [...problems].sort((a, b) => a.line - b.line || a.column - b.column);

export const pathText = (path: Path): string =>
  path.map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`)).join("");
