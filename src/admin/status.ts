import type { Counts } from "../operator/index.js";

/** `GET /admin/api/status`. Every person is in exactly one of the first four. */
export interface Status extends Counts {
  readonly mode: "apply" | "observe";
  /** SHA-256 of the mapping in force, as `check --json` says it. */
  readonly mapping: string;
  /** What is wrong with tags, workspaces and projects, by their keys of the mapping; known to the process that works. */
  readonly sections: readonly { readonly section: string; readonly problem: string }[];
  readonly labelStudio: {
    readonly state: "unknown" | "standby" | "ok" | "unreachable" | "refused";
    readonly problem: string | undefined;
    readonly organizationId: number | undefined;
    readonly warnings: readonly string[];
  };
}
