// What must have become of each human being once nothing is pending, worked out from the model alone.
import { matchedRole } from "./rules.js";
import { groupsOf, memberOf, usersOf, type Slot, type User, type World } from "./world.js";

const NOBODY = "no member";

/** Undefined: as it must be, or too odd to say. */
export function disagreement(world: World, slot: Slot): string | undefined {
  const role = memberOf(world, slot.address)?.role ?? NOBODY;
  const wanted = allowed(world, slot);
  return wanted === undefined || wanted.includes(role)
    ? undefined
    : `${slot.address} is ${role}, should be ${wanted.join(" or ")}`;
}

function allowed(world: World, slot: Slot): readonly string[] | undefined {
  const users = usersOf(world, slot);
  switch (slot.kind) {
    case "owner":
      return ["OW"];
    case "key":
      return ["AD"];
    // The IdP may have deactivated them, and may have changed its mind: their seat is not the bridge's to give back.
    case "view-only":
      return slot.named ? ["VO", "DI"] : ["VO"];
    case "member":
    case "new":
      if (slot.oddities.size > 0 || users.length > 1) return undefined;
      return users[0] ? ofUser(world, slot, users[0]) : ofNobody(world, slot);
  }
}

function ofUser(world: World, slot: Slot, user: User): readonly string[] | undefined {
  if (!user.active) return ["DI", NOBODY];
  const { rules } = world;
  const role = matchedRole(groupsOf(world, user).map(({ name }) => name));
  // Whoever was there before, and whom no rule has ever matched, is left as found.
  const mayBeLeft = slot.kind === "member" && rules.adopt === "gentle";
  if (role === undefined && (rules.default === "keep" || mayBeLeft || world.mappingChanged)) return undefined;
  const invited = rules.create === "invite" ? [NOBODY] : [];
  return [role ?? rules.default, ...invited];
}

function ofNobody({ rules }: World, slot: Slot): readonly string[] | undefined {
  if (!slot.named) return slot.kind === "new" ? [NOBODY] : undefined;
  return rules.delete === "DI" ? ["DI", NOBODY] : [NOBODY];
}
