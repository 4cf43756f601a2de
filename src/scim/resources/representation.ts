// Stored records as the SCIM resources that an IdP reads (RFC 7643 §3.1, §4).
import { LABEL_STUDIO_EXTENSION, type Attributes, type GroupRef, type UserRecord } from "../../directory/index.js";
import type { Standing } from "../../ports.js";
import type { Projection, ResourceKind } from "../pure.js";
import { versionTag } from "./change.js";

const ENDPOINTS = { User: "/Users", Group: "/Groups" } as const satisfies Record<ResourceKind, string>;

export const locationOf = (baseUrl: string, kind: ResourceKind, id: string): string =>
  `${baseUrl}${ENDPOINTS[kind]}/${encodeURIComponent(id)}`;

/** What of a record its representation is made of: `json` holds its attributes as stored. */
type Head = Pick<UserRecord, "id" | "version" | "created" | "lastModified"> & { readonly json: string };

/** What is shown of a user beside its record; undefined: not asked for, so not read. */
interface Related {
  readonly groups: readonly GroupRef[] | undefined;
  readonly standing: Standing | undefined;
}

/** A user as JSON text. */
export function userText(user: Head, { groups, standing }: Related, baseUrl: string, projection: Projection): string {
  const listed = groups?.map(({ id, displayName }) => {
    const location = locationOf(baseUrl, "Group", id);
    return `{"value":${quoted(id)},"$ref":${quoted(location)},"display":${quoted(displayName)},"type":"direct"}`;
  });
  const text = assembled(user, "User", listed && `"groups":[${listed.join(",")}],`, baseUrl);
  return standing ? withStanding(text, standing, projection) : projected(text, projection);
}

/** `schemas` names the extension where something of it is shown, and nowhere else: it belongs to no stored user. */
function withStanding(text: string, standing: Standing, projection: Projection): string {
  const known = Object.fromEntries(Object.entries(standing).filter(([, value]) => value !== undefined));
  const user = JSON.parse(text) as Attributes & { readonly schemas: readonly string[] };
  const shown = projection.apply({ ...user, [LABEL_STUDIO_EXTENSION]: known as Attributes });
  const { [LABEL_STUDIO_EXTENSION]: extension, ...rest } = shown;
  if (Object.keys(extension ?? {}).length === 0) return JSON.stringify(rest);
  return JSON.stringify({ ...shown, schemas: [...user.schemas, LABEL_STUDIO_EXTENSION] });
}

/** A group as JSON text; without `members` (objects as JSON text) when they were not read. */
export function groupText(group: Head, members: string | undefined, baseUrl: string, projection: Projection): string {
  const derived = members === undefined ? "" : `"members":[${members}],`;
  return projected(assembled(group, "Group", derived, baseUrl), projection);
}

/** What the store puts in front of an id. */
export const resourceLocations = (baseUrl: string) => ({
  User: `${baseUrl}${ENDPOINTS.User}/`,
  Group: `${baseUrl}${ENDPOINTS.Group}/`,
});

const quoted = (text: string): string => JSON.stringify(text);

function assembled(record: Head, kind: ResourceKind, derived = "", baseUrl: string): string {
  const { id, json, created, lastModified } = record;
  const location = quoted(locationOf(baseUrl, kind, id));
  const dates = `"created":"${created}","lastModified":"${lastModified}"`;
  const meta = `{"resourceType":"${kind}",${dates},"location":${location},"version":${quoted(versionTag(record))}}`;
  // Stored attributes are an object with at least `schemas`.
  return `{"id":${quoted(id)},${json.slice(1, -1)},${derived}"meta":${meta}}`;
}

const projected = (text: string, projection: Projection): string =>
  projection.whole ? text : JSON.stringify(projection.apply(JSON.parse(text) as Attributes));
