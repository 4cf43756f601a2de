import type { Attributes, UserRecord } from "../directory/index.js";

/** A user who is nothing but these attributes: what rules say about groups and attributes can be asked without anybody. */
export const someone = (attributes: Attributes = {}): UserRecord => ({
  ...{ id: "", externalId: undefined, active: true, attributes, version: 1, created: "", lastModified: "" },
  userName: typeof attributes["userName"] === "string" ? attributes["userName"] : "",
});
