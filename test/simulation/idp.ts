// What an IdP sends, in Okta's and in Entra's forms; the model follows what is acknowledged.
import { group, patch, user as userBody, type ScimAnswer } from "../support/bridge.js";
import { GROUP_NAMES } from "./rules.js";
import { groupsOf, usersOf, type Group, type Slot, type User, type World } from "./world.js";

/** Undefined: nobody there to do it to. */
type Step = (world: World) => Promise<string> | undefined;

async function send(world: World, method: string, path: string, body?: unknown): Promise<ScimAnswer> {
  const answer = await world.t.scim(method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path} answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

const attributes = ({ userName, email, active }: Pick<User, "userName" | "email" | "active">, name: string) =>
  userBody(userName, {
    emails: [{ value: email, type: "work", primary: true }],
    name: { givenName: name, familyName: "Acme" },
    active,
  });

const someUser = ({ random, users }: World, wanted: (user: User) => boolean): User | undefined => {
  const found = [...users.values()].filter(wanted);
  return found.length === 0 ? undefined : random.pick(found);
};
const anybody = (): boolean => true;

/** Also who was deleted before; now and then as a second user of an address, or in other letter case. */
const create: Step = (world) => {
  const { random, slots } = world;
  const twice = random.chance(0.04);
  const free = slots.filter((slot) => twice || usersOf(world, slot).length === 0);
  if (free.length === 0) return undefined;
  const slot = random.pick(free);
  const userName = usersOf(world, slot).length > 0 ? `second${world.names++}@acme.example` : slot.address;
  return createAs(world, slot, { userName, email: cased(world, slot.address), active: random.chance(0.9) });
};

const cased = ({ random }: World, address: string): string =>
  random.chance(0.2) ? address.charAt(0).toUpperCase() + address.slice(1) : address;

async function createAs(world: World, slot: Slot, of: Pick<User, "userName" | "email" | "active">): Promise<string> {
  if (usersOf(world, slot).length > 0) slot.oddities.add("address");
  const { body } = await send(world, "POST", "/Users", attributes(of, slot.address));
  slot.named = true;
  world.slotOf.set(body.id, slot);
  world.users.set(body.id, { id: body.id, slot, ...of });
  return `create ${of.userName} <${of.email}>${of.active ? "" : " inactive"}`;
}

const setActive = (world: World, user: User, active: boolean): Promise<ScimAnswer> => {
  const path = `/Users/${user.id}`;
  const forms = [
    () => send(world, "PATCH", path, patch({ op: "replace", value: { active } })),
    () => send(world, "PATCH", path, patch({ op: "Replace", path: "active", value: active ? "True" : "False" })),
    () => send(world, "PUT", path, attributes({ ...user, active }, user.slot.address)),
  ];
  return world.random.pick(forms)();
};

const deactivate: Step = (world) => {
  const user = someUser(world, ({ active }) => active);
  return user && setActive(world, user, (user.active = false)).then(() => `deactivate ${user.userName}`);
};

const reactivate: Step = (world) => {
  const user = someUser(world, ({ active }) => !active);
  return user && setActive(world, user, (user.active = true)).then(() => `reactivate ${user.userName}`);
};

const remove: Step = (world) => {
  const user = someUser(world, anybody);
  return user && removeUser(world, user);
};

async function removeUser(world: World, user: User): Promise<string> {
  await send(world, "DELETE", `/Users/${user.id}`);
  if (world.rules.delete === "soft-delete" && world.rules.revives !== "yes") user.slot.oddities.add("removed");
  world.users.delete(user.id);
  for (const { members } of world.groups.values()) members.delete(user.id);
  return `delete ${user.userName}`;
}

const rename: Step = (world) => {
  const user = someUser(world, anybody);
  const givenName = `Name${world.names++}`;
  const operation = { op: "Replace", path: "name.givenName", value: givenName };
  return user && send(world, "PATCH", `/Users/${user.id}`, patch(operation)).then(() => `rename ${user.userName}`);
};

const changeEmail: Step = (world) => {
  const user = someUser(world, anybody);
  if (!user) return undefined;
  user.slot.oddities.add("address");
  const email = `other${world.names++}@acme.example`;
  const operation = { op: "replace", path: 'emails[type eq "work"].value', value: email };
  const okta = () => send(world, "PUT", `/Users/${user.id}`, attributes({ ...user, email }, user.slot.address));
  const entra = () => send(world, "PATCH", `/Users/${user.id}`, patch(operation));
  return world.random
    .pick([okta, entra])()
    .then(() => {
      user.email = email;
      return `e-mail of ${user.userName} becomes ${email}`;
    });
};

const join: Step = (world) => {
  const user = someUser(world, (each) => groupsOf(world, each).length < world.groups.size);
  const others = [...world.groups.values()].filter(({ members }) => user && !members.has(user.id));
  if (!user || others.length === 0) return undefined;
  const into = world.random.pick(others);
  const operation = { op: world.random.pick(["add", "Add"]), path: "members", value: [{ value: user.id }] };
  return patchGroup(world, into, operation, () => into.members.add(user.id), `${user.userName} joins`);
};

const leave: Step = (world) => {
  const user = someUser(world, (each) => groupsOf(world, each).length > 0);
  if (!user) return undefined;
  const from = world.random.pick(groupsOf(world, user));
  const okta = { op: "remove", path: `members[value eq "${user.id}"]` };
  const entra = { op: "Remove", path: "members", value: [{ value: user.id }] };
  const operation = world.random.pick<object>([okta, entra]);
  return patchGroup(world, from, operation, () => from.members.delete(user.id), `${user.userName} leaves`);
};

async function patchGroup(world: World, of: Group, operation: object, done: () => void, what: string): Promise<string> {
  await send(world, "PATCH", `/Groups/${of.id}`, patch(operation));
  done();
  return `${what} ${of.name}`;
}

const replaceMembers: Step = (world) => {
  const { random, groups, users } = world;
  if (groups.size === 0) return undefined;
  const of = random.pick([...groups.values()]);
  const ids = [...users.keys()].filter(() => random.chance(0.5));
  return send(world, "PUT", `/Groups/${of.id}`, group(of.name, ids)).then(() => {
    of.members.clear();
    ids.forEach((id) => of.members.add(id));
    return `${of.name} has ${ids.length} members`;
  });
};

/** Into a name that gives no role, or back. */
const renameGroup: Step = (world) => {
  const { random, groups } = world;
  if (groups.size === 0) return undefined;
  const of = random.pick([...groups.values()]);
  const unused = GROUP_NAMES.filter((name) => ![...groups.values()].some((each) => each.name === name));
  const name = random.pick([...unused, `Team ${world.names++}`]);
  const before = of.name;
  const operation = { op: "replace", path: "displayName", value: name };
  return patchGroup(world, of, operation, () => void (of.name = name), `${before} becomes ${name}, was`);
};

const removeGroup: Step = (world) => {
  const { random, groups } = world;
  if (groups.size === 0) return undefined;
  const of = random.pick([...groups.values()]);
  groups.delete(of.id);
  return send(world, "DELETE", `/Groups/${of.id}`).then(() => `delete ${of.name}`);
};

const createGroup: Step = (world) => {
  const { random, groups, users } = world;
  const unused = GROUP_NAMES.filter((name) => ![...groups.values()].some((each) => each.name === name));
  if (unused.length === 0) return undefined;
  const name = random.pick(unused);
  const ids = [...users.keys()].filter(() => random.chance(0.4));
  return send(world, "POST", "/Groups", group(name, ids)).then(({ body }) => {
    groups.set(body.id, { id: body.id, name, members: new Set(ids) });
    return `create ${name} with ${ids.length} members`;
  });
};

export const IDP_STEPS: readonly (readonly [weight: number, step: Step])[] = [
  [7, create],
  [3, deactivate],
  [3, reactivate],
  [2, remove],
  [1, rename],
  [1, changeEmail],
  [6, join],
  [4, leave],
  [1, replaceMembers],
  [1, renameGroup],
  [1, removeGroup],
  [4, createGroup],
];
