// What became of a user in Label Studio, as a read-only extension of User (RFC 7643 §3.3, §7): an IdP's administrator reads
// it beside the user. Each attribute is shown only when it is asked for: IdPs compare what they read with what they sent.
import SCIMMY from "scimmy";
import { LABEL_STUDIO_EXTENSION } from "../directory/index.js";
import type { Standing } from "../ports.js";

type Characteristics = SCIMMY.Types.Attribute.AttributeConfig;

const READ_ONLY: Characteristics = { direction: "out", mutable: false, returned: "request" };

const told = (
  name: keyof Standing,
  description: string,
  type: "string" | "integer" | "dateTime" = "string",
  more: Characteristics = {},
) => new SCIMMY.Types.Attribute(type, name, { ...READ_ONLY, description, ...more });

const STATES: Standing["state"][] = ["converged", "pending", "held", "failing"];

const definition = new SCIMMY.Types.SchemaDefinition(
  "LabelStudioUser",
  LABEL_STUDIO_EXTENSION,
  "What became of the User in Label Studio; read-only, returned only when asked for",
  [
    told(
      "state",
      "converged: as it should be. pending: waits to be looked at. held: a protection stops the change. failing: Label Studio refuses it, or cannot be told.",
      "string",
      { canonicalValues: STATES },
    ),
    told("role", "The code of the role held in Label Studio when last looked at, e.g. AN."),
    told("desiredRole", "The code of the role that the mapping gives."),
    told("reason", "Why the user is in this state."),
    told("lastError", "What Label Studio answered last, when it refused."),
    told("warning", "What differs and is not the bridge's to change, e.g. the e-mail address."),
    told("userId", "The id of the user's account in Label Studio.", "integer"),
    told(
      "changedAt",
      "When state, role, reason and the like became so; while pending, those of the last look.",
      "dateTime",
    ),
  ],
);

/** In the form in which scimmy takes an extension. */
export class LabelStudioUser extends SCIMMY.Types.Schema {
  static override readonly id = LABEL_STUDIO_EXTENSION;
  static override readonly definition = definition;
}
