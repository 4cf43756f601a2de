import { isMap, isNode, isScalar, isSeq } from "yaml";
import type { LineCounter, Node, Pair, YAMLMap } from "yaml";
import type { Finding, Path, Position } from "./problems.js";

/** Offset of a path's key or value; of the nearest thing around it when the path is not in the file. */
export function finder(root: Node | null): (path: Path, at: Finding["at"]) => number {
  // Each map is read once: thousands of problems in one map stay linear.
  const indexes = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
  const pairOf = (map: YAMLMap, key: string): Pair | undefined => {
    const index = indexes.get(map) ?? new Map(map.items.map((pair) => [keyText(pair), pair]));
    indexes.set(map, index);
    return index.get(key);
  };
  const child = (node: unknown, step: string | number): Place | undefined => {
    if (isMap(node)) return pairOf(node, String(step));
    return isSeq(node) ? { key: undefined, value: node.items[Number(step)] } : undefined;
  };
  return (path, at) => {
    let here: Place = { key: undefined, value: root };
    for (const step of path) {
      const next = child(here.value, step);
      if (next === undefined) return offsetOf(here, "value");
      here = next;
    }
    return offsetOf(here, at);
  };
}

interface Place {
  readonly key: unknown;
  readonly value: unknown;
}

// A key without a value has no place of its own to point at but the key.
function offsetOf({ key, value }: Place, at: Finding["at"]): number {
  const empty = !isNode(value) || (isScalar(value) && value.source === "");
  return startOf(key !== undefined && (at === "key" || empty) ? key : value);
}

export const startOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);

export const keyText = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : "");

export function placeIn(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
