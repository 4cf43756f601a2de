import { resolve } from "./resolve.js";
import type { Finding } from "./problems.js";
import type { Mapping } from "./rules.js";
import type { MappingFile } from "./schema.js";
import { someone } from "./someone.js";

/** The examples of a file that it does not fulfil itself. */
export function failedCases(mapping: Mapping, cases: MappingFile["cases"]): readonly Finding[] {
  return cases.flatMap(({ groups, user, role }, at): Finding[] => {
    const { role: resolved, reasons } = resolve(mapping, someone(user), groups.map(group));
    if (resolved === role) return [];
    const winner = reasons.find(({ won }) => won);
    const why = winner ? `by the rule in line ${winner.line}` : "no rule matches";
    return [{ path: ["cases", at], at: "value", message: `this case expects ${role}, and gets ${resolved} (${why})` }];
  });
}

/** A case names groups as rules do: by their display name, or by their id. */
const group = (name: string) => ({ id: name, externalId: name, displayName: name });
