// Stored resources as an IdP has asked to see them (RFC 7643 §3.1, RFC 7644 §3.4.2.5).
import { LABEL_STUDIO_EXTENSION, type Attributes, type View } from "../../directory/index.js";
import type { DirectoryReads, Standing } from "../../ports.js";
import type { RequestContext } from "../context.js";
import type { Projection, ResourceKind } from "../pure.js";

const ENDPOINTS = { User: "/Users", Group: "/Groups" } as const satisfies Record<ResourceKind, string>;

export const locationOf = (baseUrl: string, kind: ResourceKind, id: string): string =>
  `${baseUrl}${ENDPOINTS[kind]}/${encodeURIComponent(id)}`;

/** What is not asked for is not read. */
export const viewOf = ({ baseUrl }: RequestContext, kind: ResourceKind, projection: Projection): View => ({
  locations: { User: `${baseUrl}${ENDPOINTS.User}/`, Group: `${baseUrl}${ENDPOINTS.Group}/` },
  related: projection.wants(kind === "User" ? "groups" : "members"),
});

/** Of comma-separated resources; they are only looked into when something has to be taken out. */
export const projected = (texts: string, projection: Projection): string =>
  projection.whole ? texts : written(read<Attributes>(texts).map((resource) => projection.apply(resource)));

/** The same of users, with what became of them where that is asked for: one statement, however many they are. */
export async function projectedUsers(reads: DirectoryReads, texts: string, projection: Projection): Promise<string> {
  if (!projection.wants(LABEL_STUDIO_EXTENSION)) return projected(texts, projection);
  const users = read<User>(texts);
  const standings = await reads.standings(users.map(({ id }) => id));
  return written(users.map((user) => withStanding(user, standings.get(user.id), projection)));
}

const read = <Resource>(texts: string): readonly Resource[] => JSON.parse(`[${texts}]`) as readonly Resource[];
const written = (resources: readonly Attributes[]): string => JSON.stringify(resources).slice(1, -1);

type User = Attributes & { readonly id: string; readonly schemas: readonly string[] };

/** `schemas` names the extension where something of it is shown, and nowhere else: it belongs to no stored user. */
function withStanding(user: User, standing: Standing | undefined, projection: Projection): Attributes {
  if (!standing) return projection.apply(user);
  const known = Object.fromEntries(Object.entries(standing).filter(([, value]) => value !== undefined));
  const shown = projection.apply({ ...user, [LABEL_STUDIO_EXTENSION]: known as Attributes });
  const { [LABEL_STUDIO_EXTENSION]: extension, ...rest } = shown;
  if (Object.keys(extension ?? {}).length === 0) return rest;
  return { ...shown, schemas: [...user.schemas, LABEL_STUDIO_EXTENSION] };
}
