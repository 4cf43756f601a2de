import { valuesAt, type Json, type UserRecord } from "../directory/index.js";

type AttributePath =
  { readonly kind: "path"; readonly steps: readonly string[] } | { readonly kind: "problem"; readonly problem: string };

const CORE_USER = "urn:ietf:params:scim:schemas:core:2.0:user";
const ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/** RFC 7643 §2.1: ALPHA, then letters, digits, `$`, `-`, `_`; `$ref` is the one name that starts otherwise. */
const NAME = /^(?:[a-z][a-z0-9$_-]*|\$ref)$/i;
/** Not part of a stored user's attributes. */
const ELSEWHERE = new Set(["groups", "members", "password", "id", "meta"]);

/** `roles.value` or, with the URN of an extension in front (its own dots are no steps), `urn:…:User:manager.value`. */
export function attributePath(text: string): AttributePath {
  const path = text.trim();
  const colon = path.toLowerCase().startsWith("urn:") ? path.lastIndexOf(":") : -1;
  const urn = path.slice(0, Math.max(colon, 0));
  const names = path.slice(colon + 1).split(".");
  if (colon === "urn".length || !names.every((name) => NAME.test(name))) return { kind: "problem", problem: malformed };
  const extended = urn !== "" && urn.toLowerCase() !== CORE_USER;
  if (!extended && ELSEWHERE.has(names[0]?.toLowerCase() ?? "")) return { kind: "problem", problem: elsewhere(path) };
  return { kind: "path", steps: extended ? [urn, ...names] : names };
}

const malformed =
  'attribute is not a dotted path: expected one such as roles.value or "urn:…:User:department", without filters';
const elsewhere = (path: string): string =>
  `${path} is not an attribute that rules can test: for groups use group or groupId`;

/**
 * Every value at the path as text, a complex value by its `value` (RFC 7643 §2.4). What is not among the core attributes is
 * looked for in the enterprise extension, where IdPs put `department`, `costCenter` and the like (RFC 7643 §4.3).
 */
export function textsAt(user: UserRecord, steps: readonly string[]): readonly string[] {
  const own = { userName: user.userName, active: user.active, externalId: user.externalId ?? null };
  const attributes = { ...user.attributes, ...own };
  const found = valuesAt(attributes, steps).flatMap(texts);
  return found.length > 0 ? found : valuesAt(attributes, [ENTERPRISE_USER, ...steps]).flatMap(texts);
}

function texts(value: Json): readonly string[] {
  if (value === null) return [];
  if (typeof value !== "object") return [String(value)];
  return valuesAt({ holder: value }, ["holder", "value"]).flatMap((inner) =>
    typeof inner === "object" ? [] : [String(inner)],
  );
}
