// The mapping of one simulation, and what it says of somebody, worked out independently of the bridge.
import type { Random } from "../support/random.js";

/** In the order of precedence. */
const ROLES = { "LS Admins": "AD", "LS Reviewers": "RE", "LS Annotators": "AN" } as const;
export const GROUP_NAMES = Object.keys(ROLES);

export interface Rules {
  readonly default: "NO" | "AN" | "keep";
  readonly delete: "soft-delete" | "DI";
  readonly drift: "enforce" | "report";
  readonly create: "api" | "invite";
  readonly adopt: "gentle" | "strict";
  /** No part of the mapping: whether Label Studio brings a deleted membership back by a role update. */
  readonly revives: "yes" | "no" | "silent";
}

export const someRules = (random: Random): Rules => ({
  default: random.pick(["NO", "NO", "AN", "keep"] as const),
  delete: random.pick(["soft-delete", "DI"] as const),
  drift: random.pick(["enforce", "report"] as const),
  create: random.pick(["api", "api", "api", "invite"] as const),
  adopt: random.pick(["gentle", "gentle", "strict"] as const),
  revives: random.pick(["yes", "no", "silent"] as const),
});

export const mappingOf = (rules: Rules): string => `
version: 1
roles:
  rules:
${Object.entries(ROLES)
  .map(([group, role]) => `    - { group: "${group}", role: ${role} }`)
  .join("\n")}
  precedence: [OW, ${Object.values(ROLES).join(", ")}]
  default: ${rules.default}
deprovision: { delete: ${rules.delete} }
drift: ${rules.drift}
create: ${rules.create}
adopt: ${rules.adopt}
`;

/** undefined: no rule matches. */
export function matchedRole(groupNames: readonly string[]): string | undefined {
  const winner = Object.entries(ROLES).find(([name]) => groupNames.includes(name));
  return winner?.[1];
}
