import { BridgeError } from "../../errors.js";
import type { Organization, Principal, Urgency } from "../../ports.js";
import type { Transport } from "../transport.js";
import { readOrganization, readPrincipal } from "../wire.js";

// A probe of the key or of the organisation goes before the bulk of the work, never before a leaver.
const PROBE: Urgency = "lower";

export async function whoAmI(transport: Transport): Promise<Principal> {
  const path = "/api/current-user/whoami";
  const answer = await transport.call({ name: "whoami", method: "GET", path, urgency: PROBE });
  return readPrincipal(answer.json, transport.keyKind);
}

/** Which organisation an unconfigured bridge works in. */
export async function activeOrganization(transport: Transport): Promise<number> {
  const { organizationId } = await whoAmI(transport);
  if (organizationId !== undefined) return organizationId;
  const words =
    "whoami: the owner of LABEL_STUDIO_API_KEY has no active organisation; set LABEL_STUDIO_ORGANIZATION_ID";
  throw new BridgeError("TARGET_REFUSED", words, { reason: "whoami:200:no active organisation" });
}

/**
 * New accounts and invitations go to the key owner's *active* organisation, whatever the paths say (contract 0.6): a key
 * that is active elsewhere must not be used.
 */
export async function organization(transport: Transport, id: number): Promise<Organization> {
  const { organizationId: active } = await whoAmI(transport);
  if (active !== id) throw activeElsewhere(id, active);
  const call = { name: "organization.get", method: "GET", path: `/api/organizations/${id}`, urgency: PROBE } as const;
  const answer = await transport.call({ ...call, alsoFine: [404] });
  if (answer.status !== 404) return readOrganization(answer.json, id);
  const words = `organization.get: there is no such organisation: ${id}; check LABEL_STUDIO_ORGANIZATION_ID`;
  throw new BridgeError("TARGET_REFUSED", words, { reason: "organization.get:404:no such organisation" });
}

function activeElsewhere(id: number, active: number | undefined): BridgeError {
  const words =
    `the bridge works in organisation ${id}, but the active organisation of the owner of LABEL_STUDIO_API_KEY is ` +
    `${active ?? "none"}; set LABEL_STUDIO_ORGANIZATION_ID, or switch that account to organisation ${id} in Label Studio`;
  return new BridgeError("TARGET_REFUSED", words, { reason: "whoami:200:another organisation is active" });
}
