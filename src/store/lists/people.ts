// Who is listed, page by page: candidates come from an index, and are looked into some hundred at a time.
import { sql } from "kysely";
import type { ListedPerson, ListedState, PeopleFilter } from "../../ports.js";
import type { Db } from "../engine.js";
import { flavourOf, type Flavour, type Sql } from "../flavour.js";
import { number } from "../number.js";
import { ask } from "../prepared.js";
import { waits } from "../work/standings.js";

export async function candidates(
  db: Db,
  { groupId, state, withoutHold }: PeopleFilter,
  afterId: string,
  limit: number,
): Promise<readonly string[]> {
  const found = groupId === undefined ? inState(state, afterId, withoutHold === true) : inGroup(groupId, afterId);
  return (await ask(db, sql<{ id: string }>`${found} limit ${number(limit)}`)).map(({ id }) => id);
}

const inGroup = (groupId: string, afterId: string): Sql =>
  sql`select member_id as id from members where group_id = ${groupId} and member_id > ${afterId} order by member_id`;

/** Few are held or failing, so that an index leads to them; of the others a page is soon full. */
function inState(state: ListedState | undefined, afterId: string, withoutHold: boolean): Sql {
  if (state === "pending")
    return sql`select person_id as id from outbox where failing = 0 and person_id > ${afterId} order by person_id`;
  if (state === "held" || state === "failing")
    return sql`select person_id as id from outcomes
      where state <> 'converged' and state = ${state} and person_id > ${afterId}
        and ${withoutHold ? sql`not exists (select 1 from holds where holds.person_id = outcomes.person_id)` : sql`1 = 1`}
      order by person_id`;
  return sql`select id from users where user_name_key >
    coalesce((select last.user_name_key from users last where last.id = ${afterId}), '') order by user_name_key`;
}

interface Row {
  readonly id: string;
  readonly user_name: string | null;
  readonly name: string | null;
  readonly active: number | null;
  readonly pending: number;
  readonly state: ListedState | null;
  readonly role: string | null;
  readonly desired_role: string | null;
  readonly reason: string | null;
  readonly warning: string | null;
  readonly changed_at: string | null;
}

export async function peopleListed(
  db: Db,
  ids: readonly string[],
  filter: PeopleFilter,
): Promise<readonly ListedPerson[]> {
  if (ids.length === 0) return [];
  const flavour = flavourOf(db);
  const rows = await ask(
    db,
    sql<Row>`select ids.id, users.user_name, users.active, ${shownName(flavour)} as name,
        case when ${waits("ids.id")} then 1 else 0 end as pending,
        outcomes.state, outcomes.role, outcomes.desired_role, outcomes.reason, outcomes.warning, outcomes.changed_at
      from (select value as id from ${flavour.texts(JSON.stringify(ids))}) as ids
      left join users on users.id = ids.id left join outcomes on outcomes.person_id = ids.id
      where ${named(flavour, filter.text)} and (users.id is not null or outcomes.person_id is not null)`,
  );
  const byId = new Map(rows.map((row) => [row.id, personFrom(row)]));
  return ids.flatMap((id) => {
    const person = byId.get(id);
    return person && (filter.state === undefined || person.state === filter.state) ? [person] : [];
  });
}

const personFrom = (row: Row): ListedPerson => ({
  personId: row.id,
  userName: row.user_name ?? undefined,
  name: row.name ?? undefined,
  active: row.active === 1,
  state: row.pending === 1 ? "pending" : (row.state ?? undefined),
  role: row.role ?? undefined,
  desiredRole: row.desired_role ?? undefined,
  reason: row.reason ?? undefined,
  warning: row.warning ?? undefined,
  changedAt: row.changed_at ?? undefined,
});

/** The text at this path of what the IdP sent. */
function attribute({ json }: Flavour, ...path: readonly (string | number)[]): Sql {
  const steps = path.slice(0, -1).map((step) => sql` -> ${sql.lit(step)}`);
  return sql`(${json.document(sql`users.attributes`)}${sql.join(steps, sql``)} ->> ${sql.lit(path.at(-1) ?? "")})`;
}

const shownName = (flavour: Flavour): Sql =>
  sql`coalesce(${attribute(flavour, "displayName")}, ${attribute(flavour, "name", "formatted")},
    nullif(trim(coalesce(${attribute(flavour, "name", "givenName")}, '') || ' ' ||
      coalesce(${attribute(flavour, "name", "familyName")}, '')), ''))`;

/** Of several addresses the first two are looked into; whoever is known by another is found by the whole of it. */
function named(flavour: Flavour, text: string): Sql {
  if (text === "") return sql`1 = 1`;
  const parts = [
    sql`users.user_name`,
    attribute(flavour, "displayName"),
    attribute(flavour, "name", "givenName"),
    attribute(flavour, "name", "familyName"),
    attribute(flavour, "emails", 0, "value"),
    attribute(flavour, "emails", 1, "value"),
  ];
  const all = sql.join(
    parts.map((part) => sql`coalesce(${part}, '')`),
    sql` || ' ' || `,
  );
  return sql`(${mentioned(flavour, text)}) and ${flavour.contains(flavour.fold(all), text)}`;
}

/** Looking into each attribute costs ten times as much as into their text, which all that can be found is somewhere in. */
function mentioned({ contains, fold }: Flavour, text: string): Sql {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const attributes = fold(sql`users.attributes`);
  return sql.join(
    words.map((word) => contains(attributes, JSON.stringify(word).slice(1, -1))),
    sql` and `,
  );
}
