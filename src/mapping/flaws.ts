import { isAlias, isMap, isNode, isScalar, isSeq } from "yaml";
import type { Node, YAMLMap } from "yaml";
import { keyText, startOf } from "./places.js";
import type { Path } from "./problems.js";

/** What is good YAML but has no place in a mapping file. */
interface Flaw {
  readonly kind: "alias" | "tag" | "number" | "repeated key";
  readonly offset: number;
  readonly path: Path;
  readonly message: string;
}

/** Walks the whole tree; its depth has been checked (depth.ts). */
export function flawsOf(node: Node | null, path: Path = []): readonly Flaw[] {
  const own = node === null ? [] : ownFlaws(node, path);
  return [...own, ...children(node, path).flatMap(([child, at]) => flawsOf(child, at))];
}

function children(node: Node | null, path: Path): readonly (readonly [Node, Path])[] {
  const items: readonly (readonly [unknown, Path])[] = isSeq(node)
    ? node.items.map((item, at) => [item, [...path, at]])
    : isMap(node)
      ? node.items.flatMap((pair) => [pair.key, pair.value].map((part) => [part, [...path, keyText(pair)]] as const))
      : [];
  return items.flatMap(([item, at]) => (isNode(item) ? [[item, at] as const] : []));
}

function ownFlaws(node: Node, path: Path): readonly Flaw[] {
  const here = { offset: startOf(node), path };
  const flaws: Flaw[] = isMap(node) ? repeatedKeys(node, path) : [];
  if (isAlias(node)) return [{ ...here, kind: "alias", message: `*${node.source} is an alias: ${ALIAS}` }];
  if (node.tag !== undefined)
    flaws.push({
      ...here,
      kind: "tag",
      message: `${shorthand(node.tag)}: tags are not accepted, write the plain value`,
    });
  // `equals: 00123` would be compared as 123 and never match.
  if (isScalar(node) && typeof node.value === "number" && node.source !== String(node.value))
    flaws.push({ ...here, kind: "number", message: `${node.source} is read as ${node.value}: write it in quotes` });
  return flaws;
}

// The parser could do this too, but compares each key with each: 37 s for 50,000 keys.
function repeatedKeys(map: YAMLMap, path: Path): Flaw[] {
  const seen = new Set<string>();
  return map.items.flatMap((pair): Flaw[] => {
    const key = keyText(pair);
    const message = `key "${key}" is here twice: keep one`;
    if (seen.has(key)) return [{ kind: "repeated key", offset: startOf(pair.key), path: [...path, key], message }];
    seen.add(key);
    return [];
  });
}

const ALIAS = "aliases are not accepted, repeat the value; a name that begins with * needs quotes";

const shorthand = (tag: string): string => tag.replace("tag:yaml.org,2002:", "!!");
