// What of a resource is not in its stored attributes: columns of its own row, what became of a user, and the rows that
// tie users to groups.
import { sql } from "kysely";
import { LABEL_STUDIO_EXTENSION, type Locations } from "../../directory/index.js";
import type { Flavour, Sql } from "../flavour.js";
import { standingSql } from "../work/standings.js";

export type Table = "users" | "groups";

/** The resources that a list is made of, and how their database is asked. */
export interface Source {
  readonly flavour: Flavour;
  readonly table: Table;
  readonly locations: Locations;
}

export interface Column {
  readonly sql: Sql;
  /** `key` holds the lower-cased name without outer space; `exact` and `key` are cheap, the others are looked up elsewhere. */
  readonly kind: "key" | "exact" | "text" | "number";
  readonly nullable: boolean;
}

/** The column, or what is computed from columns, that is the attribute at a canonical path. */
export function columnOf({ flavour, table, locations }: Source, path: readonly string[]): Column | undefined {
  const column = (name: string): Sql => sql.ref(`${table}.${name}`);
  switch (path.join(".")) {
    case "userName":
      return table === "users" ? { ...exact(column("user_name_key")), kind: "key" } : undefined;
    case "displayName":
      return table === "groups" ? { ...exact(column("display_name_key")), kind: "key" } : undefined;
    case "id":
      return exact(column("id"));
    case "externalId":
      return { ...exact(column("external_id")), nullable: true };
    case "meta.created":
      return exact(column("created"));
    case "meta.lastModified":
      return exact(column("last_modified"));
    case "meta.resourceType":
      return exact(flavour.bytewise(table === "users" ? sql`'User'` : sql`'Group'`));
    case "meta.version":
      return exact(flavour.bytewise(sql`'W/"' || ${column("version")} || '"'`));
    case "meta.location":
      return exact(sql`${table === "users" ? locations.User : locations.Group} || ${column("id")}`);
    default:
      return standingOf(table, path);
  }
}

const exact = (column: Sql): Column => ({ sql: column, kind: "exact", nullable: false });

function standingOf(table: Table, [schema, name = ""]: readonly string[]): Column | undefined {
  const standing = table === "users" && schema === LABEL_STUDIO_EXTENSION ? standingSql(name) : undefined;
  return standing && { sql: standing, kind: name === "userId" ? "number" : "text", nullable: true };
}

/** `members` of a group and `groups` of a user as this attribute's elements. */
export interface Related {
  /** `from … where …`, correlated to the resource. */
  readonly rows: Sql;
  /** Puts first what a list of the elements shows first. */
  readonly order: Sql;
  /** Text each, null where the element has none. */
  readonly field: (sub: string) => Sql | undefined;
}

export function relatedOf({ flavour, table, locations }: Source, name: string | undefined): Related | undefined {
  if (table === "groups" && name === "members") return members(locations);
  return table === "users" && name === "groups" ? groups(flavour, locations) : undefined;
}

const members = (locations: Locations): Related => ({
  rows: sql`from members as tie where tie.group_id = groups.id`,
  order: sql`tie.member_id`,
  field: fields({
    value: sql`tie.member_id`,
    display: sql`tie.display`,
    type: sql`tie.type`,
    $ref: sql`case tie.type when 'Group' then ${locations.Group} else ${locations.User} end || tie.member_id`,
  }),
});

const groups = ({ bytewise }: Flavour, locations: Locations): Related => ({
  rows: sql`from members as tie where tie.member_id = users.id`,
  order: sql`(select position from groups where id = tie.group_id)`,
  field: fields({
    value: sql`tie.group_id`,
    display: sql`(select display_name from groups where id = tie.group_id)`,
    type: bytewise(sql`'direct'`),
    $ref: sql`${locations.Group} || tie.group_id`,
  }),
});

const fields = (known: Readonly<Record<string, Sql | undefined>>) => {
  const byName = new Map(Object.entries(known));
  return (sub: string): Sql | undefined => byName.get(sub);
};
