// Concurrent SCIM writes until the program is dead.
import { group, patch, user, type ScimAnswer } from "../support/bridge.js";
import { scim } from "../support/program.js";
import type { Random } from "../support/random.js";
import { after, GROUPS, nobodyYet, someWrite, type GroupName, type Person, type Write } from "./person.js";

/** More would make the rounds longer, not harder. */
const MOST_PEOPLE = 12;

export type GroupIds = Readonly<Record<GroupName, string>>;

export interface Writing {
  readonly url: string;
  readonly groupIds: GroupIds;
  readonly random: Random;
  readonly newName: () => string;
  readonly isDead: () => boolean;
  readonly acknowledged: () => void;
}

export async function createGroups(url: string): Promise<GroupIds> {
  const answers = await Promise.all(GROUPS.map((name) => scim(url, "POST", "/Groups", group(name))));
  return Object.fromEntries(GROUPS.map((name, at) => [name, answers[at]?.body.id])) as GroupIds;
}

/** One at a time, so that at most one of these people's writes is in doubt; an answer that is no acknowledgement is a fault. */
export async function writeUntilDead(people: Person[], writing: Writing): Promise<void> {
  const { random, newName, isDead, acknowledged } = writing;
  for (;;) {
    const present = people.filter(({ state }) => state.standing !== "gone");
    const isNew = present.length === 0 || (present.length < MOST_PEOPLE && random.chance(0.3));
    const person = isNew ? nobodyYet(newName()) : random.pick(present);
    if (isNew) people.push(person);
    try {
      await write(person, someWrite(person.state, random), writing);
      acknowledged();
    } catch (error) {
      if (isDead()) return;
      throw error;
    }
  }
}

async function write(person: Person, change: Write, writing: Writing): Promise<void> {
  person.pending = change;
  const { status, body } = await send(person, change, writing);
  if (![200, 201, 204].includes(status)) throw new Error(`${change.kind} of ${person.userName} answered ${status}`);
  if (change.kind === "create") person.id = body.id;
  person.state = after(person.state, change);
  person.pending = undefined;
}

function send({ id = "", userName }: Person, change: Write, { url, groupIds }: Writing): Promise<ScimAnswer> {
  const active = (value: boolean) => patch({ op: "replace", path: "active", value });
  const members = (name: GroupName, operation: unknown) =>
    scim(url, "PATCH", `/Groups/${groupIds[name]}`, patch(operation));
  switch (change.kind) {
    case "create":
      return scim(url, "POST", "/Users", user(userName));
    case "activate":
    case "deactivate":
      return scim(url, "PATCH", `/Users/${id}`, active(change.kind === "activate"));
    case "delete":
      return scim(url, "DELETE", `/Users/${id}`);
    case "join":
      return members(change.group, { op: "add", path: "members", value: [{ value: id }] });
    case "leave":
      return members(change.group, { op: "remove", path: `members[value eq "${id}"]` });
  }
}
