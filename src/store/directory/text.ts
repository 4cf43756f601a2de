// Resources as JSON text (RFC 7643 §3, §4), made by the database: what is only going to be sent never becomes an object.
// concat() takes null for nothing. Ids and dates are ours and need no quoting.
import { sql } from "kysely";
import type { Locations, View } from "../../directory/index.js";
import type { Flavour, Sql } from "../flavour.js";
import type { Table } from "./columns.js";

/** A row of this table as the resource that it is. */
export function resourceText(flavour: Flavour, table: Table, { locations, related }: View): Sql {
  const { type, list } = KINDS[table];
  const column = (name: string): Sql => sql.ref(`${table}.${name}`);
  // Stored attributes are an object with at least one attribute: it is opened here, and closed by us.
  const attributes = sql`substr(${column("attributes")}, 2, length(${column("attributes")}) - 2)`;
  const derived = related ? list(flavour, locations) : sql`','`;
  const meta = sql`${sql.lit(`"meta":{"resourceType":"${type}","created":"`)}, ${column("created")},
    '","lastModified":"', ${column("last_modified")}, '","location":"', ${given(locations[type])}, ${column("id")},
    '","version":"W/\\"', ${column("version")}, '\\""}}'`;
  return sql`concat('{"id":"', ${column("id")}, '",', ${attributes}, ${derived}, ${meta})`;
}

const KINDS = {
  users: { type: "User", list: groupsText },
  groups: { type: "Group", list: membersText },
} as const;

function groupsText({ joinedBy, quoted }: Flavour, { Group }: Locations): Sql {
  const group = sql`concat('{"value":"', its.id, '","$ref":"', ${given(Group)}, its.id,
    '","display":', ${quoted(sql`its.display_name`)}, ',"type":"direct"}')`;
  return sql`',"groups":[', (select ${joinedBy(sql`its.position`, group)}
    from members as tie join groups as its on its.id = tie.group_id where tie.member_id = users.id), '],'`;
}

function membersText({ joined, quoted }: Flavour, { Group, User }: Locations): Sql {
  const member = sql`concat('{"value":"', tie.member_id,
    '","$ref":"', case tie.type when 'Group' then ${given(Group)} else ${given(User)} end, tie.member_id,
    case when tie.display is null then '"' else concat('","display":', ${quoted(sql`tie.display`)}) end,
    ',"type":"', tie.type, '"}')`;
  return sql`',"members":[', (select ${joined(member, sql`tie.member_id`)}
    from members as tie where tie.group_id = groups.id), '],'`;
}

/** A parameter has no type of its own where anything may stand. */
const given = (text: string): Sql => sql`cast(${text} as text)`;
