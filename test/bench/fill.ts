import { openStore } from "../../src/store/index.js";

export interface GroupSize {
  readonly displayName: string;
  readonly members: number;
}

export interface Size {
  readonly users: number;
  readonly groups: readonly GroupSize[];
}

const padded = (index: number): string => String(index).padStart(12, "0");
export const userId = (index: number): string => `00000000-0000-4000-8000-${padded(index)}`;
export const groupId = (index: number): string => `00000000-0000-4000-9000-${padded(index)}`;
export const userName = (index: number): string => `person.${index}@acme.example`;

/** Users as Okta would have created them, and groups of the sizes wanted; members beyond the users are users too. */
export async function fill(file: string, size: Size): Promise<void> {
  const store = await openStore({ url: `sqlite:${file}` });
  const at = "2026-01-01T00:00:00.000Z";
  const all = Math.max(size.users, ...size.groups.map(({ members }) => members));
  await store.transaction(async (tx) => {
    for (let index = 0; index < all; index++)
      await tx.insertUser({ ...person(index), version: 1, created: at, lastModified: at });
    for (const [index, { displayName, members }] of size.groups.entries()) {
      const attributes = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName };
      const id = groupId(index);
      await tx.insertGroup({
        id,
        displayName,
        externalId: undefined,
        attributes,
        version: 1,
        created: at,
        lastModified: at,
      });
      await tx.addMembers(
        id,
        Array.from({ length: members }, (_, member) => ({ id: userId(member), type: "User", display: undefined })),
      );
    }
  });
  await store.close();
}

function person(index: number) {
  const name = userName(index);
  return {
    id: userId(index),
    userName: name,
    externalId: `00u${index}`,
    active: true,
    attributes: {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName: name,
      externalId: `00u${index}`,
      name: { givenName: "Person", familyName: `Number ${index}` },
      displayName: `Person Number ${index}`,
      emails: [{ value: name, type: "work", primary: true }],
      active: true,
    },
  };
}
