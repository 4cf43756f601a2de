// What docs/commands.md is made of: for each command some words, and what it said when it was really run.
import type { World } from "./world.js";

export type Step =
  /** The arguments of one command line; each `<name>` stands for what the world has noted under that name. */
  | { readonly run: string; readonly environment?: Readonly<Record<string, string>> }
  | { readonly say: string }
  /** The built program starts, and is stopped. */
  | { readonly start: true }
  /** Something happens that is not shown. */
  | { readonly then: (world: World) => Promise<unknown> };

export interface Chapter {
  /** As it is registered, with a blank before a command's own command: `holds approve`. */
  readonly command: string;
  readonly about: string;
  readonly steps: readonly Step[];
}
