import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { Attributes, Filter } from "../../../src/directory/index.js";
import { applyPatch, readFilter, readPatch, standardForm, type ResourceKind } from "../../../src/scim/pure.js";
import { membersAfter, scimTypeOf } from "./membership.js";

/** What an IdP sent, captured or documented, and what the directory holds afterwards. */
interface Payload {
  readonly name: string;
  readonly vendor: string;
  readonly kind: ResourceKind;
  readonly before: { readonly attributes?: Attributes; readonly members?: readonly string[] };
  readonly request:
    { readonly method: "PATCH" | "POST"; readonly body: unknown } | { readonly method: "GET"; readonly filter: string };
  readonly after: {
    readonly attributes?: Attributes;
    readonly members?: readonly string[];
    readonly filter?: Filter;
    readonly error?: string;
  };
}

const folder = new URL("./payloads/", import.meta.url);
const payloads = readdirSync(folder).map(
  (file) => [file, JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Payload] as const,
);

function answer({ kind, before, request }: Payload): Payload["after"] {
  if (request.method === "GET") return { filter: readFilter(kind, request.filter) };
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
