import { protectedBy } from "../../mapping/index.js";
import { each } from "./policy.js";

/** Break-glass accounts and whoever else the operator looks after by hand. */
export const protectedPeople = each(({ addresses }, { mapping }) => {
  const entry = protectedBy(mapping, addresses);
  return entry === undefined
    ? undefined
    : `protected: protect.people names ${JSON.stringify(entry)}; change it by hand in Label Studio`;
});
