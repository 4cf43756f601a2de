// What is sent, and the most that it may cost in server CPU compared with a bare Express that answers the same bytes.
import { groupId, userId, userName, type Size } from "./fill.js";
import type { Shot } from "./load.js";

export const GROUP_SIZES = [10, 1_000, 10_000, 50_000] as const;
export const SIZE: Size = {
  users: 10_000,
  groups: GROUP_SIZES.map((members) => ({ displayName: `Group of ${members}`, members })),
};

export interface Case {
  readonly name: string;
  readonly count: number;
  readonly most: number;
  /** Requests a second that the best peer known does on two cores, without being durable. */
  readonly goal?: number;
  readonly shot: (index: number) => Shot;
  /** What is written differs each time, so the yardsticks answer it with one answer for all. */
  readonly sample?: Shot;
}

let created = 0;
const newUser = (): string => {
  const name = `new-${process.pid}-${created++}@acme.example`;
  return JSON.stringify({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: name,
    externalId: name,
    name: { givenName: "New", familyName: "Person" },
    emails: [{ value: name, type: "work", primary: true }],
    active: true,
  });
};
const membersPatch = (op: string, id: string): string =>
  JSON.stringify({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op, path: "members", value: [{ value: id }] }],
  });
const member = (group: number, index: number): Shot => ({
  method: "PATCH",
  path: `/scim/v2/Groups/${groupId(group)}`,
  body: membersPatch(index % 2 === 0 ? "Remove" : "Add", userId(1)),
});
const filter = (text: string): string => `/scim/v2/Users?filter=${encodeURIComponent(text)}`;
const someone = (index: number): number => (index * 7919) % SIZE.users;

export const CASES: readonly Case[] = [
  {
    name: "GET user by id",
    count: 3_000,
    most: 2.2,
    shot: (i) => ({ method: "GET", path: `/scim/v2/Users/${userId(someone(i))}` }),
  },
  {
    name: "filter userName eq",
    count: 3_000,
    most: 2.2,
    goal: 1_755,
    shot: (i) => ({ method: "GET", path: filter(`userName eq "${userName(someone(i))}"`) }),
  },
  {
    name: "POST /Users (durable)",
    count: 1_500,
    most: 3.5,
    goal: 2_600,
    shot: () => ({ method: "POST", path: "/scim/v2/Users", body: newUser() }),
  },
  ...GROUP_SIZES.map((size, index): Case => ({
    name: `PATCH ±1 member of ${size} (durable)`,
    count: 2_000,
    most: 3.5,
    goal: 790,
    shot: (i) => member(index, i),
  })),
  {
    name: "list of 100 users",
    count: 400,
    most: 1.5,
    goal: 485,
    shot: (i) => ({ method: "GET", path: `/scim/v2/Users?startIndex=${1 + (i % 90) * 100}&count=100` }),
  },
  {
    name: "GET group of 1000",
    count: 300,
    most: 1.5,
    shot: () => ({ method: "GET", path: `/scim/v2/Groups/${groupId(1)}` }),
  },
  ...GROUP_SIZES.map((size, index): Case => ({
    name: `GET group of ${size} without members`,
    count: 2_000,
    most: 2.2,
    shot: () => ({ method: "GET", path: `/scim/v2/Groups/${groupId(index)}?excludedAttributes=members` }),
  })),
];
