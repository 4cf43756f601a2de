// Values that break programs: texts, numbers, names, whole JSON trees. JSON is written as text, because much of it
// (duplicate keys, 1e999, -0) no JavaScript value can hold.
import type { Random } from "../support/random.js";

export const FORBIDDEN = ["__proto__", "constructor", "prototype"];

export const TEXTS: readonly string[] = [
  ...FORBIDDEN,
  ...["toString", "hasOwnProperty", "valueOf", "__defineGetter__", "length", "then", "toJSON", "\uFEFF", "", " "],
  ...["null", "undefined", "NaN", "true", "False", "0", "-1", "1e999", "[object Object]", "${7*7}", "{{7*7}}"],
  ...["' or 1=1 --", '" or "" eq "', "'; drop table users; --", "%", "_", "*", "\\", '\\"', "$.x", '$."x"[0]'],
  ...["../../etc/passwd", "..%2f..%2fadmin", "%00", "\r\nX-Injected: 1", "<script>alert(1)</script>", "a\nb", "\u0007"],
  ...["\u202Eabc", "e\u0301", "é", "İ", "ß", "ﬀ", "𝒳", "👩‍👩‍👧‍👦", "Z̸a̷l̶g̵o̴", "\uFFFD", "\uFFFF", "🏳️‍🌈@例え.テスト"],
  ...["a@b", "a@b@c", "@", "a b@c", "x".repeat(1_000), "x".repeat(1_001), "@".repeat(300), "é".repeat(999)],
  ...["bulkId:x", "bulkId:__proto__", "bulkId:", "urn:ietf:params:scim:schemas:core:2.0:User", "urn:", "urn:x:2.0:Y:z"],
];

/** A NUL or half of a surrogate pair: always refused. */
export const UNSTORABLE: readonly string[] = ["\0", "a\0b", "\uD800", "x\uDFFFy", "\uDC00\uD800"];

export const NUMBERS: readonly string[] = [
  ...["0", "-0", "1", "-1", "1e3", "1.5", "1e-999", "9007199254740993", "-9007199254740993", "1e308", "5e-324"],
  ...["123456789012345678901234567890", "0.1e1", "2147483648", "4294967296", "18446744073709551616"],
];

export const ATTRIBUTES: readonly string[] = [
  ...["userName", "externalId", "name", "name.givenName", "displayName", "nickName", "profileUrl", "title", "userType"],
  ...["preferredLanguage", "locale", "timezone", "active", "password", "emails", "phoneNumbers", "ims", "photos"],
  ...[
    "addresses",
    "groups",
    "entitlements",
    "roles",
    "x509Certificates",
    "id",
    "meta",
    "schemas",
    "members",
    "manager",
  ],
  ...["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "department", "unknown", "urn:x:y:2.0:User"],
  "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
  "urn:ietf:params:scim:schemas:extension:labelstudio:2.0:User",
];

const PARTS = ["value", "Type", "primary", "display", "$ref", "givenName", "formatted", "x", "", "a.b", "1", "x y"];
// Rare, as all that stands beside it is then refused unread.
const part = (random: Random): string => random.pick(random.chance(0.03) ? FORBIDDEN : PARTS);

export const text = (random: Random): string =>
  random.chance(0.85)
    ? random.pick(TEXTS)
    : `${random.pick(TEXTS)}${random.pick(TEXTS)}${random.bytes(random.below(12)).toString("latin1")}`;

/** Halves of surrogate pairs cannot be encoded and become U+FFFD. */
export const urlText = (text: string): string => encodeURIComponent(Buffer.from(text).toString());

/** Letters only in other case, or as it is. */
export const cased = (random: Random, name: string): string =>
  random.chance(0.7)
    ? name
    : [...name].map((letter) => (random.chance(0.5) ? letter.toUpperCase() : letter.toLowerCase())).join("");

/** JSON text of any shape, `depth` levels at most. */
export function json(random: Random, depth = 3): string {
  const roll = random.below(depth > 0 ? 10 : 5);
  if (roll < 2) return JSON.stringify(text(random));
  if (roll === 2) return random.pick(NUMBERS);
  if (roll < 5) return random.pick(["null", "true", "false", "[]", "{}", '""']);
  if (roll < 7) return `[${random.times(4, () => json(random, depth - 1)).join(",")}]`;
  return object(random.times(4, () => [part(random), json(random, depth - 1)] as const));
}

/** Without checking for names that are there twice. */
export const object = (members: readonly (readonly [name: string, json: string])[]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`;

export const nested = (levels: number, open: string, inside: string, close: string): string =>
  `${open.repeat(levels)}${inside}${close.repeat(levels)}`;

/** Some bytes changed, added, taken out, doubled or swapped. */
export function mutated(random: Random, bytes: Buffer): Buffer {
  let result = bytes;
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = random.below(result.length + 1);
    const length = random.below(6);
    const [before, middle, after] = [
      result.subarray(0, at),
      result.subarray(at, at + length),
      result.subarray(at + length),
    ];
    const inPlace = random.pick([
      random.bytes(middle.length),
      Buffer.alloc(0),
      Buffer.concat([middle, middle]),
      Buffer.concat([random.bytes(2), middle]),
      Buffer.from(random.pick(TEXTS)),
      Buffer.from([0xc0, 0x80]),
      Buffer.from([0xed, 0xa0, 0x80]),
    ]);
    result = Buffer.concat([before, inPlace, after]);
  }
  return result;
}
