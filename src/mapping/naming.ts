// How a rule names what it gives: by id, by name, or by a name made of user attributes.
import type { UserRecord } from "../directory/index.js";
import { attributePath, textsAt } from "./attribute.js";
import { compileGlob, matchesGlob } from "./glob.js";
import { fold } from "./texts.js";

export type Naming =
  | { readonly kind: "id"; readonly id: number }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "template"; readonly template: string };

/**
 * What a rule gives to somebody: an id, or a name that is compared without case and outer space; `names`: so many of a
 * template that none of them is given.
 */
export type Named =
  { readonly id: number } | { readonly name: string } | { readonly template: string; readonly names: number };

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;
/** Several attributes with several values each multiply: no rule gives more names than this to one person. */
export const MOST_NAMES = 20;

export function namingOf(written: string | number): Naming {
  if (typeof written === "number") return { kind: "id", id: written };
  return written.includes("{{") ? { kind: "template", template: written } : { kind: "name", name: written.trim() };
}

/** Undefined: nothing is wrong with it. */
export function namingProblem(written: string): string | undefined {
  if (!written.includes("{{")) return undefined;
  const attributes = [...written.matchAll(PLACE)].map(([, attribute = ""]) => attribute);
  if (/\{\{|\}\}/.test(written.replace(PLACE, "")))
    return "an attribute in a name is written {{department}}: braces do not match here";
  for (const attribute of attributes) {
    const path = attributePath(attribute);
    if (path.kind === "problem") return path.problem;
  }
  return undefined;
}

/** Every name that somebody's attributes make; whoever lacks one of them gets none. */
export function namesFor(naming: Naming, user: UserRecord): readonly Named[] {
  if (naming.kind === "id") return [{ id: naming.id }];
  if (naming.kind === "name") return [{ name: naming.name }];
  const parts = naming.template.split(PLACE).map((part, at) => (at % 2 === 0 ? [part] : valuesOf(user, part)));
  const count = parts.reduce((names, texts) => names * texts.length, 1);
  if (count > MOST_NAMES) return [{ template: naming.template, names: count }];
  const names = parts.reduce<readonly string[]>(
    (made, texts) => made.flatMap((start) => texts.map((text) => start + text)),
    [""],
  );
  return [...new Set(names.map((name) => name.trim()))].filter(Boolean).map((name) => ({ name }));
}

function valuesOf(user: UserRecord, attribute: string): readonly string[] {
  const path = attributePath(attribute);
  const values = path.kind === "path" ? textsAt(user, path.steps) : [];
  return [...new Set(values.map((value) => value.trim()))].filter(Boolean);
}

/** Whether a rule can give this to anybody. */
export function canName(naming: Naming, { id, name }: { readonly id: number; readonly name: string }): boolean {
  switch (naming.kind) {
    case "id":
      return naming.id === id;
    case "name":
      return fold(naming.name) === fold(name);
    case "template":
      return matchesGlob(compileGlob(fold(naming.template.replace(PLACE, "*"))), fold(name));
  }
}
