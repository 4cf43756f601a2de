import { ASSIGNABLE_KINDS, type AssignableKind } from "../membership/index.js";
import { attributePath } from "./attribute.js";
import { namingProblem } from "./naming.js";
import type { Finding, Path } from "./problems.js";
import { SECTION_KEYS } from "./sections.js";

/**
 * What the shape alone cannot say: keys that exclude each other, entries twice, owners. Reads the raw data, so that it
 * finds its problems also where the shape is wrong somewhere else; what it does not understand it leaves to the shape.
 */
export function checkMeaning(data: unknown): readonly Finding[] {
  const roles = field(data, "roles");
  const ownersProtected = field(field(data, "protect"), "owners") !== false;
  return [
    ...list(field(roles, "rules")).flatMap((rule, at) => checkRule(rule, ["roles", "rules", at])),
    ...ASSIGNABLE_KINDS.flatMap((kind) => checkSection(data, kind)),
    ...repeated(field(roles, "precedence"), ["roles", "precedence"]),
    ...repeated(field(field(data, "identity"), "email"), ["identity", "email"]),
    ...(ownersProtected ? ownerGrants(roles) : []),
    ...uncounted(field(data, "seats")),
  ];
}

function checkRule(rule: unknown, path: Path): readonly Finding[] {
  if (!isBlock(rule)) return [];
  return [...exactlyOne(rule, MATCHERS, "a rule", path), ...checkUser(rule["user"], [...path, "user"])];
}

function checkSection(data: unknown, kind: AssignableKind): readonly Finding[] {
  const { section, gives } = SECTION_KEYS[kind];
  return list(field(field(data, section), "rules")).flatMap((rule, at): readonly Finding[] => {
    if (!isBlock(rule)) return [];
    const path = [section, "rules", at];
    const name = rule[gives];
    const problem = typeof name === "string" && kind === "tag" ? namingProblem(name) : undefined;
    if (problem !== undefined) return [{ path: [...path, gives], at: "value", message: problem }];
    // A name made of attributes says itself whom it is for.
    const forItself = kind === "tag" && typeof name === "string" && name.includes("{{");
    return forItself && !MATCHERS.some((key) => Object.hasOwn(rule, key)) ? [] : checkRule(rule, path);
  });
}

const MATCHERS = ["group", "groupId", "user"];

function checkUser(user: unknown, path: Path): readonly Finding[] {
  if (!isBlock(user)) return [];
  return [
    ...exactlyOne(user, ["equals", "matches"], "a user test", path),
    ...checkAttribute(user["attribute"], [...path, "attribute"]),
  ];
}

/** Too many: at each key after the first; none: at the block. */
function exactlyOne(block: Block, keys: readonly string[], what: string, path: Path): readonly Finding[] {
  const [first, ...more] = keys.filter((key) => Object.hasOwn(block, key));
  const message = `${what} has exactly one of ${keys.join(", ")}`;
  if (first === undefined) return [{ path, at: "value", message: `${message}: this one has none` }];
  return more.map((key) => ({ path: [...path, key], at: "key", message: `${message}: this one also has ${first}` }));
}

function checkAttribute(attribute: unknown, path: Path): readonly Finding[] {
  if (typeof attribute !== "string" || attribute.trim() === "") return [];
  const read = attributePath(attribute);
  return read.kind === "path" ? [] : [{ path, at: "value", message: read.problem }];
}

function repeated(values: unknown, path: Path): readonly Finding[] {
  const seen = new Set<string>();
  return list(values).flatMap((value, at): Finding[] => {
    if (typeof value !== "string") return [];
    const again = seen.has(value.toLowerCase());
    seen.add(value.toLowerCase());
    return again ? [{ path: [...path, at], at: "value", message: `${value} is listed twice: each at most once` }] : [];
  });
}

// Contract 2.2: the API's schema lists OW, the vendor's documents say that it is never assignable.
function ownerGrants(roles: unknown): readonly Finding[] {
  const granted = list(field(roles, "rules")).flatMap((rule, at): Path[] =>
    field(rule, "role") === "OW" ? [["roles", "rules", at, "role"]] : [],
  );
  const paths: readonly Path[] = field(roles, "default") === "OW" ? [...granted, ["roles", "default"]] : granted;
  const message = "OW is not granted while owners are protected: choose another role, or set protect.owners: false";
  return paths.map((path) => ({ path, at: "value", message }));
}

function uncounted(seats: unknown): readonly Finding[] {
  if (field(seats, "limit") !== "off" || field(seats, "rotation") !== "hold") return [];
  const message =
    "rotation: hold needs limit: hold or no-access, as nobody knows which seat is free while seats are not counted";
  return [{ path: ["seats", "rotation"], at: "value", message }];
}

type Block = Readonly<Record<string, unknown>>;

const isBlock = (value: unknown): value is Block =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const field = (value: unknown, name: string): unknown => (isBlock(value) ? value[name] : undefined);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
