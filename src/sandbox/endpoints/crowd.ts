import { forbidden, invalid, json, NOT_FOUND_PAGE, type Answer, type Refused } from "../answers.js";
import type { Behaviour } from "../options.js";
import type { ApiCall, Handle, Site } from "../routing.js";

/** Who is meant by `all`, `included` and `excluded` of the bulk calls (contract 2.5, 2.8, 2.9). */
interface Crowd {
  readonly all: boolean;
  readonly included?: readonly number[] | undefined;
  readonly excluded?: readonly number[] | undefined;
}

/** Living members of the organisation only; of the others one makes the call fail, or they are left out. */
export function chosen(
  site: Site,
  { all, included = [], excluded = [] }: Crowd,
  everybody: readonly number[],
): { readonly users: readonly number[]; readonly skipped: readonly number[] } | Refused {
  if (all) return { users: everybody.filter((id) => !excluded.includes(id)), skipped: [] };
  const isMember = (id: number): boolean => site.world.membership(id)?.deleted === false;
  const strangers = included.filter((id) => !isMember(id));
  const stranger = strangers[0];
  if (stranger !== undefined && site.behaviour.strangers === "refused")
    return invalid({ included: [`Invalid pk "${stranger}" - object does not exist.`] });
  return { users: [...new Set(included.filter(isMember))], skipped: strangers };
}

/** `all=false&included=1,2` of servers since spring 2026; those before read the body. */
export function removed(call: ApiCall): Crowd | Refused {
  const { query, body, site } = call;
  if (site.behaviour.removal === "body") {
    const sent = (body.kind === "json" ? body.value : {}) as Partial<Crowd>;
    return typeof sent.all === "boolean" ? { ...sent, all: sent.all } : invalid({ all: ["This field is required."] });
  }
  const all = query.get("all");
  if (all === null) return invalid({ all: ["This field is required."] });
  return { all: /^(true|1)$/i.test(all), included: ids(query.get("included")), excluded: ids(query.get("excluded")) };
}

/** Who is to go with the plain DELETE. */
export function removedOne({ query, body, site }: ApiCall, field: "user" | "user_id"): number | undefined {
  if (site.behaviour.removal === "query") return ids(query.get(field))[0];
  const sent = (body.kind === "json" ? body.value : {}) as Readonly<Record<string, unknown>>;
  const id = sent[field] ?? sent["user"];
  return typeof id === "number" ? id : undefined;
}

export const ids = (csv: string | null): readonly number[] =>
  (csv ?? "")
    .split(",")
    .filter((digits) => /^\d+$/.test(digits))
    .map(Number);

/** A kind that this server does not have, or does not show. */
export const offered =
  (kind: "tags" | "workspaces" | "projects", handle: Handle): Handle =>
  (call) =>
    refusalOf(call.site.behaviour, kind) ?? handle(call);

export const inBulk =
  (handle: Handle): Handle =>
  (call) =>
    call.site.behaviour.bulk === "absent" ? NOT_FOUND_PAGE : handle(call);

function refusalOf(behaviour: Behaviour, kind: "tags" | "workspaces" | "projects"): Answer | undefined {
  if (behaviour[kind] === "absent") return NOT_FOUND_PAGE;
  return behaviour[kind] === "forbidden" ? forbidden() : undefined;
}

export const counted = (site: Site, field: string, changed: number, users: number, more: object = {}): Answer =>
  json(200, { [field]: site.behaviour.counts === "changed" ? changed : users, ...more });
