// What must hold after every crash (over SCIM) and once nobody is pending any more (at Label Studio).
import { deepEqual } from "node:assert/strict";
import type { Sandbox } from "../../src/sandbox/index.js";
import { everybody, type ListedUser } from "../support/program.js";
import { after, disagreement, GROUPS, type Person, type State } from "./person.js";

/** Every acknowledged change is there, and nobody else; of a write that was in doubt it is known now whether it has happened. */
export async function provesReadable(url: string, people: readonly Person[]): Promise<void> {
  const listed = await everybody(url);
  const byName = new Map(listed.map((found) => [found.userName, found]));
  deepEqual(byName.size, listed.length, "somebody is listed twice");
  const lost = people.filter((person) => !learned(person, byName.get(person.userName)));
  const seen = lost.map(({ userName }) => byName.get(userName) ?? "absent");
  deepEqual(lost, [], `acknowledged, but over SCIM ${JSON.stringify(seen)}`);
  const told = new Set(people.map(({ userName }) => userName));
  const unheardOf = listed.filter(({ userName }) => !told.has(userName));
  deepEqual(unheardOf, []);
}

function learned(person: Person, found: ListedUser | undefined): boolean {
  const { state, pending, id } = person;
  const possible = pending ? [state, after(state, pending)] : [state];
  const now = possible.find((each) => told(each) === seen(found));
  if (now === undefined || (id !== undefined && found !== undefined && id !== found.id)) return false;
  Object.assign(person, { state: now, pending: undefined, id: found?.id ?? id });
  return true;
}

const told = ({ standing, groups }: State): string =>
  standing === "never" || standing === "gone" ? "absent" : `${standing}: ${groups.join()}`;

function seen(found: ListedUser | undefined): string {
  if (found === undefined) return "absent";
  const inside = new Set<string | undefined>(found.groups?.map(({ display }) => display));
  return `${found.active ? "active" : "inactive"}: ${GROUPS.filter((name) => inside.has(name)).join()}`;
}

/** Nobody has two accounts, and everybody the role that the mapping says. */
export function provesAgreement(sandbox: Sandbox, people: readonly Person[]): void {
  deepEqual(repeated(sandbox.members().map(({ email }) => email)), [], "members twice");
  const made = sandbox.calls.filter(({ path, status }) => path === "/api/users/" && status === 201);
  deepEqual(repeated(made.map(({ body }) => (body as { email: string }).email)), [], "accounts made twice");
  const wrong = people.map((person) => disagreement(person, sandbox.member(person.userName)));
  deepEqual(
    wrong.filter((each) => each !== undefined),
    [],
  );
}

function repeated(addresses: readonly string[]): readonly string[] {
  const lowered = addresses.map((address) => address.toLowerCase());
  return lowered.filter((address, at) => lowered.indexOf(address) !== at);
}
