import { BridgeError } from "../../../src/errors.js";
import type { StandardOperation } from "../../../src/scim/pure.js";

/** What the store's member rows would be after these operations. */
export function membersAfter(before: readonly string[], operations: readonly StandardOperation[]): readonly string[] {
  let members = new Set(before);
  for (const operation of operations) {
    if (operation.kind === "attribute") continue;
    const ids = operation.op === "clear" ? [] : operation.members.map((member) => member.id);
    if (operation.op === "add") ids.forEach((id) => members.add(id));
    else if (operation.op === "remove") ids.forEach((id) => members.delete(id));
    else members = new Set(ids);
  }
  return [...members];
}

/** The scimType that a refusal carries; undefined when nothing is thrown. Anything but a BridgeError goes through. */
export function scimTypeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof BridgeError && error.code === "INVALID_VALUE") return error.facts.scimType;
    throw error;
  }
}
