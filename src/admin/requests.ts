import type { Request } from "express";
import { BridgeError } from "../errors.js";
import type { Chosen, PeopleAsked } from "../ports.js";

const STATES = ["converged", "held", "failing", "warned"] as const satisfies readonly PeopleAsked[];

export const unusable = (message: string): BridgeError => new BridgeError("INVALID_VALUE", message);

export function readState({ query }: Request): PeopleAsked {
  const known = STATES.find((each) => each === query["state"]);
  if (known === undefined) throw unusable(`Ask for ?state= one of ${STATES.join(", ")}, and &after= an id.`);
  return known;
}

/** `{"all": true}`, `{"origin": "group …"}` or `{"people": ["id", …]}`. */
export function readChosen(body: unknown): Chosen {
  const { all, origin, people } = (body ?? {}) as { all?: unknown; origin?: unknown; people?: unknown };
  if (all === true) return "all";
  if (typeof origin === "string") return { origin };
  if (Array.isArray(people) && people.every((id) => typeof id === "string")) return { people };
  throw unusable('Send {"all": true}, {"origin": "…"} or {"people": ["id", …]}.');
}
