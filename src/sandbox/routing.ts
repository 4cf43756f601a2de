import { forbidden, NOT_FOUND_PAGE, refused, type Answer } from "./answers.js";
import { permissionsOf, type Key, type Permission } from "./auth.js";
import type { Behaviour } from "./options.js";
import type { ApiRequest } from "./request.js";
import type { Membership, World } from "./state.js";
import type { Throttle } from "./throttle.js";

/** The running server: what every endpoint can see. */
export interface Site {
  readonly world: World;
  readonly key: Key;
  readonly throttle: Throttle;
  readonly invitations: Invitation[];
  readonly now: () => number;
  behaviour: Behaviour;
  /** The owner of the key, who may have been demoted or deleted meanwhile. */
  readonly principal: Membership;
}

export interface Invitation {
  readonly email: string;
  readonly role: string;
}

export interface ApiCall extends ApiRequest {
  readonly site: Site;
  readonly params: Readonly<Record<string, number>>;
}

export type Handle = (call: ApiCall) => Answer;

export interface Route {
  readonly method: string;
  /** Canonical, with or without its last slash; `:name` stands for an integer. */
  readonly path: string;
  readonly needs: "nothing" | "authentication" | Permission;
  readonly handle: Handle;
}

/** Finds and runs the endpoint, under the slash rules of contract 2.0. */
export function router(routes: readonly Route[]): (request: ApiRequest, site: Site) => Answer {
  const compiled = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  const dispatch = (request: ApiRequest, site: Site): Answer => {
    const found = compiled.flatMap(({ route, pattern }) => {
      const match = pattern.exec(request.path);
      return match === null ? [] : [{ route, params: numbers(match.groups ?? {}) }];
    });
    return found.length === 0 ? NOT_FOUND_PAGE : admit(request, site, found);
  };
  return (request, site) => {
    const answer = dispatch(request, site);
    // The server repeats any 404 with a slash added, in-process: a slash-less route loses its JSON by it.
    if (answer.status !== 404 || request.path.endsWith("/")) return answer;
    return dispatch({ ...request, path: `${request.path}/` }, site);
  };
}

interface Candidate {
  readonly route: Route;
  readonly params: Readonly<Record<string, number>>;
}

/** Authentication, rate, permission and method, in the order of Django REST framework. */
function admit(request: ApiRequest, site: Site, candidates: readonly Candidate[]): Answer {
  const isOpen = candidates.every(({ route }) => route.needs === "nothing");
  const refusal = isOpen
    ? undefined
    : (site.key.refusal(request.headers) ?? site.throttle.refusal(site.behaviour, site.now()));
  if (refusal !== undefined) return refusal;
  const chosen = candidates.find(({ route }) => route.method === request.method);
  if (chosen === undefined) return refused(405, `Method "${request.method}" not allowed.`);
  if (!isPermitted(chosen.route.needs, site.principal)) return forbidden();
  return chosen.route.handle({ ...request, site, params: chosen.params });
}

function isPermitted(needs: Route["needs"], { role, deleted }: Membership): boolean {
  if (needs === "nothing" || needs === "authentication") return true;
  return !deleted && permissionsOf(role).includes(needs);
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/:(\w+)/g, "(?<$1>\\d+)")}$`);

const numbers = (groups: Readonly<Record<string, string>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(groups).map(([name, digits]) => [name, Number(digits)]));
