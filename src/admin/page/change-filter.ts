import type { Request } from "express";
import type { ChangeFilter } from "../../operator/index.js";
import { optional, unusable } from "../requests.js";

const KINDS = ["changes", "directory", "other"] as const satisfies readonly ChangeFilter["of"][];
const STATUSES = ["done", "failed"] as const;

/** `?of=&status=&action=&subject=&since=&until=`; times as ISO 8601 or as forms send them, in UTC. */
export function changeFilter(request: Request): ChangeFilter {
  return {
    of: oneOf(KINDS, request, "of") ?? "changes",
    status: oneOf(STATUSES, request, "status"),
    action: optional(request, "action"),
    subject: optional(request, "subject"),
    since: instant(request, "since"),
    until: instant(request, "until"),
  };
}

function oneOf<T extends string>(known: readonly T[], request: Request, name: string): T | undefined {
  const asked = optional(request, name);
  const found = known.find((each) => each === asked);
  if (asked !== undefined && found === undefined) throw unusable(`${name} is one of ${known.join(", ")}.`);
  return found;
}

/** What `<input type="datetime-local">` sends has no time zone: it is UTC here, as everything on the page. */
function instant(request: Request, name: string): string | undefined {
  const asked = optional(request, name);
  if (asked === undefined) return undefined;
  const at = Date.parse(/[Zz]$|[+-]\d\d:\d\d$/.test(asked) ? asked : `${asked}Z`);
  if (Number.isNaN(at)) throw unusable(`${name} is a time such as 2026-11-22T08:00Z.`);
  return new Date(at).toISOString();
}
