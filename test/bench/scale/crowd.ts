// People who change groups through several processes, and what that must lead to.
import { deepEqual } from "node:assert/strict";
import type { Sandbox } from "../../../src/sandbox/index.js";
import { group, patch, user } from "../../support/bridge.js";
import { holderOf, type Running } from "../../support/fleet.js";
import { everybody, scim, settled } from "../../support/program.js";
import type { Random } from "../../support/random.js";

/** In the order of the shipped mapping's precedence. */
const ROLES = { "LS Reviewers": "RE", "LS Annotators": "AN" } as const;
/** Most groups of an IdP are about something else. */
const TEAMS = Array.from({ length: 10 }, (_, index) => `Team ${index}`);

export interface Crowd {
  readonly ids: readonly string[];
  readonly groupIds: readonly string[];
  /** Who is in each group, as acknowledged. */
  readonly inside: readonly Set<string>[];
}

export const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const address = (index: number): string => `p${index}@acme.example`;

export async function newCrowd(fleet: readonly Running[], size: number): Promise<Crowd> {
  const create = (index: number) => scim(at(fleet, index).url, "POST", "/Users", user(address(index)));
  const people = await Promise.all(Array.from({ length: size }, (_, index) => create(index)));
  const groups = await Promise.all(
    [...Object.keys(ROLES), ...TEAMS].map((name, index) => scim(at(fleet, index).url, "POST", "/Groups", group(name))),
  );
  return {
    ids: people.map(({ body }) => body.id),
    groupIds: groups.map(({ body }) => body.id),
    inside: groups.map(() => new Set<string>()),
  };
}

/** Somebody joins or leaves a group; every other time it is one that gives a role. */
export async function flip({ url }: Running, crowd: Crowd, ids: readonly string[], random: Random): Promise<void> {
  const id = random.pick(ids);
  const which = random.below(random.chance(0.5) ? Object.keys(ROLES).length : crowd.groupIds.length);
  const inside = at(crowd.inside, which);
  const operation = inside.has(id)
    ? { op: "remove", path: `members[value eq "${id}"]` }
    : { op: "add", path: "members", value: [{ value: id }] };
  const { status } = await scim(url, "PATCH", `/Groups/${at(crowd.groupIds, which)}`, patch(operation));
  deepEqual(status, 204);
  if (!inside.delete(id)) inside.add(id);
}

/** Over SCIM at each process, and at Label Studio once nobody is pending. */
export async function provesNothingLost(fleet: readonly Running[], sandbox: Sandbox, crowd: Crowd): Promise<void> {
  for (const { url } of fleet) {
    const listed = await everybody(url);
    deepEqual(listed.map(({ id }) => id).sort(), [...crowd.ids].sort());
    for (const [which, id] of crowd.groupIds.entries()) {
      const { body } = await scim(url, "GET", `/Groups/${id}`);
      const members = ((body["members"] ?? []) as readonly { value: string }[]).map(({ value }) => value);
      deepEqual(members.sort(), [...at(crowd.inside, which)].sort());
    }
  }
  await settled((await holderOf(fleet, 20_000)).url, 60_000);
  const found = crowd.ids.map((_, index) => sandbox.member(address(index))?.role);
  const wanted = crowd.ids.map(
    (id) => Object.values(ROLES)[crowd.inside.findIndex((inside) => inside.has(id))] ?? "NO",
  );
  deepEqual(found, wanted);
}
