import type { Request } from "express";
import { BridgeError } from "../errors.js";
import type { Chosen, ListedState, PeopleAsked, PeopleFilter } from "../ports.js";

const STATES = ["converged", "held", "failing", "warned"] as const satisfies readonly PeopleAsked[];
export const LISTED_STATES = ["converged", "pending", "held", "failing"] as const satisfies readonly ListedState[];

const LONGEST_WORDS = 256;

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

/** One value of the query; empty, as forms send what was left empty, is none. */
export function optional({ query }: Request, name: string): string | undefined {
  const { [name]: value = "" } = query;
  if (typeof value !== "string") throw unusable(`${name} is one value.`);
  if (value.length > LONGEST_WORDS) throw unusable(`${name} has more than ${LONGEST_WORDS} characters.`);
  return value.trim() === "" ? undefined : value.trim();
}

export const after = (request: Request): string => optional(request, "after") ?? "";

/** `?q=&group=&state=`; the group by its id. */
export function peopleFilter(request: Request): PeopleFilter {
  const state = optional(request, "state");
  const known = LISTED_STATES.find((each) => each === state);
  if (state !== undefined && known === undefined) throw unusable(`state is one of ${LISTED_STATES.join(", ")}.`);
  return { text: (optional(request, "q") ?? "").toLowerCase(), groupId: optional(request, "group"), state: known };
}
