import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { group, patch, user, type ScimAnswer } from "../support/bridge.js";
import {
  everybody,
  scim,
  settingsFor,
  settled,
  until,
  workplace,
  type Program,
  type Workplace,
} from "../support/program.js";

const ROUNDS = 6;
const WRITERS = 8;
const SEED = Number(process.env["KILL_SEED"] ?? Date.now() % 1_000_000);

/** In the order of the shipped mapping's precedence. */
const ROLES = { "LS Admins": "AD", "LS Reviewers": "RE", "LS Annotators": "AN" } as const;
const GROUPS = Object.keys(ROLES) as readonly (keyof typeof ROLES)[];

/** What the IdP was told of a person; `undefined` fields: a write was under way when the program died. */
interface Person {
  readonly userName: string;
  id: string | undefined;
  active: boolean | undefined;
  readonly groups: Map<string, boolean | undefined>;
}

let here: Workplace;
let sandbox: Sandbox;
beforeAll(async () => {
  here = await workplace();
  // Not the mapping's default: an account whose creation was cut off must still end with NO.
  sandbox = await startSandbox({ defaultRole: "AN" });
});
afterAll(async () => {
  await here.close();
  await sandbox.close();
});

/** mulberry32: the same moments again with KILL_SEED. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const members = (op: "add" | "remove", id: string) =>
  op === "add"
    ? patch({ op, path: "members", value: [{ value: id }] })
    : patch({ op, path: `members[value eq "${id}"]` });

/** One write of a person's own; what it changes is unknown until it is acknowledged. */
async function write(url: string, groupIds: ReadonlyMap<string, string>, person: Person, roll: (n: number) => number) {
  const acknowledged = (answer: ScimAnswer): void => expect([200, 201, 204]).toContain(answer.status);
  const { id } = person;
  if (id === undefined) {
    const answer = await scim(url, "POST", "/Users", user(person.userName));
    acknowledged(answer);
    person.id = answer.body.id;
    person.active = true;
  } else if (roll(3) === 0) {
    const active = person.active !== true;
    person.active = undefined;
    acknowledged(await scim(url, "PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: active })));
    person.active = active;
  } else {
    const name = GROUPS[roll(GROUPS.length)] ?? "LS Admins";
    const inside = person.groups.get(name) !== true;
    person.groups.set(name, undefined);
    const path = `/Groups/${groupIds.get(name) ?? ""}`;
    acknowledged(await scim(url, "PATCH", path, members(inside ? "add" : "remove", id)));
    person.groups.set(name, inside);
  }
}

/** Writes until the program is dead; an answer that is not an acknowledgement fails the test. */
async function writer(
  url: string,
  groupIds: ReadonlyMap<string, string>,
  people: Person[],
  newName: () => string,
  roll: (n: number) => number,
  dead: () => boolean,
  acknowledged: () => void,
): Promise<void> {
  for (;;) {
    const pick = roll(3) === 0 ? undefined : people[roll(Math.max(1, people.length))];
    const person = pick ?? { userName: newName(), id: undefined, active: undefined, groups: new Map() };
    if (!pick) people.push(person);
    try {
      await write(url, groupIds, person, roll);
      acknowledged();
    } catch (error) {
      if (dead()) return;
      throw error;
    }
  }
}

/** Every acknowledged change is there; what was under way is now known. */
async function verify(url: string, people: readonly Person[]): Promise<void> {
  const listed = await everybody(url);
  const byName = new Map(listed.map((found) => [found.userName, found]));
  expect(byName.size).toBe(listed.length);
  for (const person of people) {
    const found = byName.get(person.userName);
    if (found === undefined) {
      expect(person).toMatchObject({ id: undefined });
      continue;
    }
    const inside = new Set(found.groups?.map(({ display }) => display));
    const seen = { id: found.id, active: found.active, groups: GROUPS.filter((name) => inside.has(name)) };
    const told = {
      id: person.id ?? seen.id,
      active: person.active ?? seen.active,
      groups: GROUPS.filter((name) => person.groups.get(name) ?? inside.has(name)),
    };
    expect({ person, ...seen }).toEqual({ person, ...told });
    person.id = seen.id;
    person.active = seen.active;
    for (const name of GROUPS) person.groups.set(name, inside.has(name));
  }
}

test(`kill -9 under concurrent writes, ${ROUNDS} rounds (KILL_SEED=${SEED})`, async () => {
  process.stdout.write(`kill.test: KILL_SEED=${SEED}\n`);
  const roll = dice(SEED);
  const crowds: Person[][] = Array.from({ length: WRITERS }, () => []);
  const environment = settingsFor(sandbox);
  const groupIds = new Map<string, string>();
  let program: Program;
  let url = "";
  let names = 0;
  let acknowledged = 0;
  const start = async (): Promise<void> => {
    program = here.start(environment, "serve");
    url = await program.listening();
  };
  await start();
  for (const name of GROUPS) groupIds.set(name, (await scim(url, "POST", "/Groups", group(name))).body.id);
  for (let round = 0; round < ROUNDS; round++) {
    let dead = false;
    const writing = crowds.map((people, index) =>
      writer(
        url,
        groupIds,
        people,
        () => `p${names++}@acme.example`,
        dice(roll(2 ** 30) + index),
        () => dead,
        () => acknowledged++,
      ),
    );
    const before = acknowledged;
    // Now and then before the first answer.
    if (roll(4) > 0)
      await until(
        () => acknowledged > before || undefined,
        () => "an answer",
      );
    await delay(50 + roll(600));
    dead = true;
    await program!.stop("SIGKILL");
    await Promise.all(writing);
    await start();
    await verify(url, crowds.flat());
  }
  expect(acknowledged).toBeGreaterThan(ROUNDS);
  const status = await settled(url, 20_000);
  expect(status).toMatchObject({ failing: 0, held: 0, pending: 0 });
  await verify(url, crowds.flat());
  expectAgreement(crowds.flat());
}, 55_000);

function expectAgreement(people: readonly Person[]): void {
  const addresses = sandbox.members().map(({ email }) => email.toLowerCase());
  expect(new Set(addresses).size).toBe(addresses.length);
  const created = sandbox.calls.filter(
    ({ method, path, status }) => method === "POST" && path === "/api/users/" && status === 201,
  );
  const createdAddresses = created.map(({ body }) => (body as { email: string }).email);
  expect(new Set(createdAddresses).size).toBe(createdAddresses.length);
  const known = people.filter(({ id }) => id !== undefined);
  const wanted = known.map(({ userName, active, groups }) => {
    const winner = GROUPS.find((name) => groups.get(name) === true);
    return [userName, active !== true ? "DI" : winner === undefined ? "NO" : ROLES[winner]];
  });
  const present = known.map(({ userName, active }) => {
    // Somebody who was deactivated before an account was made gets none.
    const role = sandbox.member(userName)?.role;
    return [userName, role ?? (active === true ? "nobody" : "DI")];
  });
  expect(present).toEqual(wanted);
  const unknown = people.filter(({ id }) => id === undefined).map(({ userName }) => sandbox.member(userName));
  expect(unknown.filter((member) => member !== undefined)).toEqual([]);
}
