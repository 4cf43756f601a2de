// label-studio: the Target port over HTTP: key, pace, timeouts, the retries that are safe, tolerant reading.
// Invariant: a failed, partial or ambiguous answer is an error, never "nobody there" and never success.
// Flow: bridge connects it, reconcile calls it; Label Studio answers; upstream-call events go out.
import type { Paced, Target } from "../ports.js";
import { apply } from "./endpoints/apply.js";
import { assigner } from "./endpoints/assigner.js";
import * as members from "./endpoints/members.js";
import { activeOrganization, organization, whoAmI } from "./endpoints/organization.js";
import { seats } from "./endpoints/billing.js";
import { groupRoles } from "./endpoints/settings.js";
import { Transport, type TransportOptions } from "./transport.js";

export interface LabelStudioOptions extends TransportOptions {
  /** undefined: the key owner's active organisation, looked up once. */
  readonly organizationId: number | undefined;
}

export function connectLabelStudio(options: LabelStudioOptions): Target & Paced {
  const transport = new Transport(options);
  const here = organizationOf(transport, options.organizationId);
  return {
    whoAmI: () => whoAmI(transport),
    organization: async () => organization(transport, await here()),
    seats: () => seats(transport),
    groupRoles: () => groupRoles(transport),
    observe: async function* () {
      yield* members.observe(transport, await here());
    },
    findByEmail: async (email, urgency) => members.findByEmail(transport, await here(), email, urgency),
    findById: async (userId, email, urgency) => members.findById(transport, await here(), userId, email, urgency),
    owners: async (urgency) => members.owners(transport, await here(), urgency),
    apply: async (operation, urgency, stillWanted, errand) =>
      apply({ transport: transport.on(errand), organizationId: await here(), urgency }, operation, stillWanted),
    pace: () => transport.pace(),
    ...assigner(transport, here),
    close: () => transport.close(),
  };
}

/** Looked up at most once: a key owner who switches organisation in the browser must not take the bridge along. */
function organizationOf(transport: Transport, configured: number | undefined): () => Promise<number> {
  let known: Promise<number> | undefined = configured === undefined ? undefined : Promise.resolve(configured);
  return () => {
    known ??= activeOrganization(transport).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}
