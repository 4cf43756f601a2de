import type { GroupRef, UserRecord } from "../../src/directory/index.js";
import { formatProblems, parseMapping, type Mapping } from "../../src/mapping/index.js";

/** The mapping in the text; its problems fail the test. */
export function valid(text: string): Mapping {
  const parsed = parseMapping(text);
  if (parsed.kind === "problems") throw new Error(formatProblems("mapping", parsed.problems));
  return parsed.mapping;
}

export function userWith(attributes: UserRecord["attributes"]): UserRecord {
  return {
    id: "u1",
    userName: "kim@acme.example",
    externalId: "ext-u1",
    active: true,
    attributes,
    version: 1,
    created: "2026-01-01T00:00:00.000Z",
    lastModified: "2026-01-01T00:00:00.000Z",
  };
}

export const group = (displayName: string, externalId?: string): GroupRef => ({
  id: `id of ${displayName}`,
  externalId,
  displayName,
});
