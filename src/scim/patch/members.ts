// Members of a group, in every form that IdPs use, as row operations: no form ever needs the list that is stored.
import type { Filter, Json, MemberRef } from "../../directory/index.js";
import { refusal } from "../filter/refusal.js";
import type { RawOperation } from "../quirks/index.js";
import type { ParsedPath } from "../filter/index.js";
import { isObject, listOf, own, typeOf } from "./json.js";
import type { StandardOperation } from "./operation.js";

type MembersOperation = Extract<StandardOperation, { kind: "members" }>;

/** In one request: twice the largest group that is planned for. */
export const MOST_MEMBERS = 100_000;
// Ids are ours; what is longer was never one.
const LONGEST_ID = 256;

export function membersOperation(operation: RawOperation, path: ParsedPath): MembersOperation {
  const { op, value } = operation;
  if (path.sub !== undefined)
    throw refusal(
      "mutability",
      `PATCH ${op} members.${path.sub}: a member is added or removed, never changed (RFC 7643 §8.7.1).`,
    );
  if (path.filter) return selected(op, path.filter);
  switch (op) {
    case "add":
      return { kind: "members", op: "add", members: memberRefs(value ?? []) };
    case "remove":
      // Entra names whom to remove in the value; an empty list names nobody and must not empty the group.
      return value === undefined || value === null
        ? CLEAR
        : { kind: "members", op: "remove", members: memberRefs(value) };
    default:
      return value === null ? CLEAR : { kind: "members", op: "replace", members: memberRefs(value ?? []) };
  }
}

const CLEAR: MembersOperation = { kind: "members", op: "clear" };

/** `members[value eq "id"]`, also several joined by or. */
function selected(op: string, filter: Filter): MembersOperation {
  const ids = op === "remove" ? idsOf(filter) : undefined;
  if (ids)
    return { kind: "members", op: "remove", members: ids.map((id) => ({ id, type: "User", display: undefined })) };
  throw refusal("invalidPath", `PATCH ${op} members[…]: only remove with [value eq "id"] selects members.`);
}

function idsOf(filter: Filter): readonly string[] | undefined {
  if (filter.kind === "compare")
    return filter.operator === "eq" && filter.path.join(".") === "value" && typeof filter.value === "string"
      ? [filter.value]
      : undefined;
  if (filter.kind !== "or") return undefined;
  const ids = filter.of.map(idsOf);
  return ids.every((found) => found !== undefined) ? ids.flat() : undefined;
}

/** Each id once, in the order sent; a single one without its array and bare ids are understood. */
function memberRefs(value: Json): readonly MemberRef[] {
  const members = listOf(value).map((sent) => memberRef(isObject(sent) ? sent : { value: sent }));
  return [...new Map(members.map((member) => [member.id, member])).values()];
}

function memberRef(sent: { readonly [key: string]: Json }): MemberRef {
  const id = own(sent, "value");
  if (typeof id !== "string" || id === "")
    throw refusal(
      "invalidValue",
      `A member was sent with ${typeOf(id)} as its value; accepted is the id of a user or group.`,
    );
  if (id.length > LONGEST_ID)
    throw refusal("invalidValue", `A member's value has ${id.length} characters; an id has at most ${LONGEST_ID}.`);
  const type = own(sent, "type");
  const display = own(sent, "display") ?? own(sent, "displayName");
  return {
    id,
    type: typeof type === "string" && type.toLowerCase() === "group" ? "Group" : "User",
    display: typeof display === "string" && display !== "" ? display : undefined,
  };
}
