import { rank } from "../membership/index.js";
import type { Ceiling, Mapping } from "./rules.js";
import { lookUp } from "./texts.js";

/** What in `protect.people` names one of these addresses. */
export const protectedBy = ({ index }: Pick<Mapping, "index">, addresses: readonly string[]): string | undefined =>
  addresses.flatMap((address) => lookUp(index.protectedPeople, address))[0];

/** The lowest of the ceilings that these addresses are under. */
export const ceilingOf = ({ index }: Pick<Mapping, "index">, addresses: readonly string[]): Ceiling | undefined =>
  addresses.flatMap((address) => lookUp(index.ceilings, address)).sort((a, b) => rank(a.role) - rank(b.role))[0];
