// What happens at Label Studio behind the bridge's back.
import { memberOf, usersOf, type Slot, type World } from "./world.js";

type Step = (world: World) => string | undefined;

const ORDINARY = ["AN", "RE", "MA", "NO", "DI"];

const ordinary = ({ slots }: World): readonly Slot[] => slots.filter(({ kind }) => kind === "new" || kind === "member");

function someMember(world: World): { readonly slot: Slot; readonly email: string; readonly role: string } | undefined {
  const found = ordinary(world).flatMap((slot) => {
    const member = memberOf(world, slot.address);
    return member ? [{ slot, email: member.email, role: member.role }] : [];
  });
  return found.length === 0 ? undefined : world.random.pick(found);
}

const changeRole: Step = (world) => {
  const member = someMember(world);
  if (!member) return undefined;
  const { slot, email } = member;
  const role = world.random.chance(0.15) ? "OW" : world.random.pick(ORDINARY);
  // Whoever is no Owner any more is put right again, at the latest by the next change.
  slot.oddities.add("role by hand");
  world.t.sandbox.setRole(email, role, world.random.pick(["manual", "saml"]));
  return `by hand: ${email} becomes ${role}`;
};

const endOwnership: Step = (world) => {
  const { t, slots } = world;
  const risen = slots
    .map((slot) => slot.kind !== "owner" && memberOf(world, slot.address))
    .find((each) => each && each.role === "OW");
  if (!risen) return undefined;
  t.sandbox.setRole(risen.email, "AN");
  return `by hand: ${risen.email} is no Owner any more`;
};

const remove: Step = (world) => {
  const member = someMember(world);
  if (!member) return undefined;
  member.slot.oddities.add("removed");
  world.t.sandbox.removeMember(member.email);
  return `by hand: ${member.email} removed`;
};

const add: Step = (world) => {
  const absent = ordinary(world).filter((slot) => memberOf(world, slot.address) === undefined);
  if (absent.length === 0) return undefined;
  const slot = world.random.pick(absent);
  slot.oddities.add("added by hand");
  const known = world.t.sandbox.member(slot.address) ? slot.address : slot.address.toUpperCase();
  world.t.sandbox.addMember({ email: usersOf(world, slot).length > 0 ? slot.address : known, role: "AN" });
  return `by hand: ${slot.address} added`;
};

const changeEmail: Step = (world) => {
  const member = someMember(world);
  if (!member) return undefined;
  member.slot.oddities.add("address");
  const to = `moved${world.names++}@acme.example`;
  world.t.sandbox.changeEmail(member.email, to);
  return `by hand: ${member.email} becomes ${to}`;
};

const changeStranger: Step = ({ t, random, strangers }) => {
  const email = random.pick([...strangers.keys()]);
  const role = random.pick(ORDINARY);
  strangers.set(email, role);
  t.sandbox.setRole(email, role);
  return `by hand: ${email} becomes ${role}`;
};

const addStranger: Step = (world) => {
  const email = `stranger${world.names++}@acme.example`;
  world.strangers.set(email, "AN");
  world.t.sandbox.addMember({ email, role: "AN" });
  return `by hand: ${email} added`;
};

export const HAND_STEPS: readonly (readonly [weight: number, step: Step])[] = [
  [3, changeRole],
  [1, endOwnership],
  [1, remove],
  [1, add],
  [0.5, changeEmail],
  [1, changeStranger],
  [0.5, addStranger],
];
