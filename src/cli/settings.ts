import { readFile } from "node:fs/promises";
import { readClientSettings, readConfig, type Config, type Environment } from "../config.js";
import { formatProblems, parseMapping, type Mapping } from "../mapping/index.js";

export type Settings =
  | { readonly kind: "settings"; readonly config: Config; readonly mapping: Mapping }
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** Configuration and mapping together, so that every problem of both is told at once. */
export async function readSettings(environment: Environment): Promise<Settings> {
  const read = readConfig(environment);
  const problems = read.kind === "problems" ? [...read.problems] : [];
  const file = read.kind === "config" ? read.config.mappingFile : readClientSettings(environment).mappingFile;
  const mapping = await readMapping(file);
  if (mapping.kind === "problems") problems.push(...mapping.problems);
  if (read.kind !== "config" || mapping.kind !== "mapping") return { kind: "problems", problems };
  return { kind: "settings", config: read.config, mapping: mapping.mapping };
}

type Read =
  | { readonly kind: "mapping"; readonly mapping: Mapping }
  | { readonly kind: "problems"; readonly problems: readonly string[] };

export async function readMapping(file: string): Promise<Read> {
  try {
    const parsed = parseMapping(await readFile(file, "utf8"));
    if (parsed.kind === "mapping") return parsed;
    return { kind: "problems", problems: formatProblems(file, parsed.problems).split("\n") };
  } catch (error) {
    const { code = "error" } = error as NodeJS.ErrnoException;
    return { kind: "problems", problems: [`MAPPING_FILE: cannot read ${file} (${code}).`] };
  }
}
