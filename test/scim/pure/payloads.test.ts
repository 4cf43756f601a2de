import { describe, expect, test } from "@jest/globals";
import { applyPatch, readFilter, readPatch, standardForm } from "../../../src/scim/pure.js";
import { payloads, type Payload } from "../payloads.js";
import { membersAfter, scimTypeOf } from "./membership.js";

function answer({ kind, before, request, after }: Payload): Payload["after"] {
  if (request.method === "GET") return { ...after, filter: readFilter(kind, request.filter) };
  if (request.method === "POST") {
    const { attributes, members } = standardForm(kind, request.body);
    return { attributes, ...(members && { members: members.map((member) => member.id) }) };
  }
  const operations = readPatch(kind, request.body);
  const attributes = applyPatch(kind, before.attributes ?? {}, operations);
  return { attributes, ...(before.members && { members: membersAfter(before.members, operations) }) };
}

describe("payloads of identity providers", () => {
  test.each(payloads)("%s", (_file, payload) => {
    const untouched = structuredClone(payload.before);
    if (payload.after.error === undefined) expect(answer(payload)).toEqual(payload.after);
    else expect(scimTypeOf(() => answer(payload))).toBe(payload.after.error);
    expect(payload.before).toEqual(untouched);
  });
});
