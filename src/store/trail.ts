// The audit log as a chain. It is made after the commit, in whatever order records come into sight: writers do not wait for it.
import { sql, type Selectable } from "kysely";
import type { ChainEnd, Recorded, RecordsPage, Seal, Sealed, Trail } from "../ports.js";
import { isErased, withoutPersonal } from "../personal.js";
import { appendAudit } from "./audit.js";
import type { Db, Engine } from "./engine.js";
import { flavourOf } from "./flavour.js";
import { number } from "./number.js";
import type { Tables } from "./tables.js";

export function trail({ reads, write, note }: Engine): Trail {
  return {
    extend: async (asked) => {
      const last = await lastPosition(reads);
      const sealed = (await isNothing(reads, asked)) ? 0 : await note((db) => extend(db, asked));
      return { sealed, last, next: nextAfter(asked.after, asked.limit, last) };
    },
    head: () => endOf(reads, "head"),
    anchor: async () => {
      const { place, hash } = await endOf(reads, "anchor");
      return { place, hash };
    },
    sealed: (afterPlace, limit) => sealed(reads, afterPlace, limit),
    unsealed: async (limit) => (await unsealedIn(reads, 0, undefined).limit(number(limit)).execute()).map(recordOf),
    records: (afterPosition, limit) => records(reads, afterPosition, limit),
    cut: (asked) => write((db) => cut(db, asked)),
  };
}

type Asked = Parameters<Trail["extend"]>[0];

async function lastPosition(db: Db): Promise<number> {
  const last = await db.selectFrom("audit").select("position").orderBy("position", "desc").limit(1).executeTakeFirst();
  return last?.position ?? 0;
}

const nextAfter = (after: number, limit: number, last: number): number | undefined =>
  last > after + limit ? after + limit : undefined;

/** Most of the time there is nothing to write. */
async function isNothing(db: Db, { after, limit }: Asked): Promise<boolean> {
  return (
    (
      await unsealedIn(db, after, after + limit)
        .limit(1)
        .execute()
    ).length === 0
  );
}

const unsealedIn = (db: Db, after: number, upTo: number | undefined) => {
  const rows = db
    .selectFrom("audit")
    .selectAll("audit")
    .where("audit.position", ">", after)
    .where(sql<boolean>`not exists (select 1 from audit_chain where audit_chain.position = audit.position)`)
    .orderBy("audit.position");
  return upTo === undefined ? rows : rows.where("audit.position", "<=", upTo);
};

/** Whoever extends holds the head: of two, the second sees what the first has done. */
async function extend(db: Db, asked: Asked): Promise<number> {
  const { toChange, toRely } = flavourOf(db).lock;
  const { after, limit, now } = asked;
  let end: ChainEnd = await db
    .selectFrom("audit_ends")
    .selectAll()
    .where("name", "=", "head")
    .modifyEnd(toChange)
    .executeTakeFirstOrThrow();
  const rows = await unsealedIn(db, after, after + limit)
    .modifyEnd(flavourOf(db).singleWriter ? sql`` : sql`${toRely} of audit`)
    .execute();
  if (rows.length === 0) return 0;
  const links: (Seal & { readonly position: number })[] = [];
  for (const row of rows) {
    const made = asked.seal(recordOf(row), end);
    links.push({ ...made, position: row.position });
    end = made;
  }
  await sql`insert into audit_chain (place, position, salt, personal, hash, chained_at)
    select cast(value ->> 'place' as bigint), cast(value ->> 'position' as bigint), value ->> 'salt',
      value ->> 'personal', value ->> 'hash', ${number(now)}
    from ${flavourOf(db).objects(JSON.stringify(links))}`.execute(db);
  await putEnd(db, "head", end, now);
  return links.length;
}

async function putEnd(db: Db, name: "head" | "anchor", { place, hash }: ChainEnd, at: number): Promise<void> {
  await db.updateTable("audit_ends").set({ place, hash, at }).where("name", "=", name).execute();
}

async function endOf(db: Db, name: "head" | "anchor"): Promise<ChainEnd & { readonly at: number }> {
  const row = await db.selectFrom("audit_ends").selectAll().where("name", "=", name).executeTakeFirst();
  // Without it there is nothing that the chain could end with.
  return row ? { place: row.place, hash: row.hash, at: row.at } : { place: 0, hash: "", at: 0 };
}

const recordOf = ({ request_id, ...row }: Selectable<Tables["audit"]>): Recorded => {
  const { position, at, actor, action, subject, detail } = row;
  return { position, at, actor, requestId: request_id, action, subject, detail };
};

async function sealed(db: Db, afterPlace: number, limit: number): Promise<readonly Sealed[]> {
  const rows = await db
    .selectFrom("audit_chain")
    .leftJoin("audit", "audit.position", "audit_chain.position")
    .select(["place", "audit_chain.position", "salt", "personal", "hash"])
    .select(["at", "actor", "request_id", "action", "subject", "detail"])
    .where("place", ">", afterPlace)
    .orderBy("place")
    .limit(number(limit))
    .execute();
  return rows.map(({ place, position, salt, personal, hash, ...rest }) => {
    const { at, actor, request_id: requestId, action, subject, detail } = rest;
    const seal = { place, position, salt, personal, hash };
    if (at === null || actor === null || action === null || subject === null || detail === null)
      return { seal, record: undefined };
    return { seal, record: { position, at, actor, requestId, action, subject, detail } };
  });
}

async function records(db: Db, afterPosition: number, limit: number): Promise<RecordsPage> {
  const rows = await db
    .selectFrom("audit")
    .leftJoin("audit_chain", "audit_chain.position", "audit.position")
    .selectAll("audit")
    .select(["place", "hash"])
    .where("audit.position", ">", afterPosition)
    .where("audit.position", "<=", afterPosition + limit)
    .orderBy("audit.position")
    .execute();
  const found = rows.map(({ place, hash, ...row }) => ({
    ...recordOf(row),
    ...(place !== null && hash !== null && { place, hash }),
  }));
  return { records: found, next: nextAfter(afterPosition, limit, await lastPosition(db)) };
}

async function cut(db: Db, asked: Parameters<Trail["cut"]>[0]): Promise<number> {
  const { before, limit, now } = asked;
  const anchor = await db
    .selectFrom("audit_ends")
    .select("place")
    .where("name", "=", "anchor")
    .modifyEnd(flavourOf(db).lock.toChange)
    .executeTakeFirstOrThrow();
  const oldest = await sealed(db, anchor.place, limit);
  const young = oldest.findIndex(({ record }) => record !== undefined && record.at >= before);
  const old = young === -1 ? oldest : oldest.slice(0, young);
  const last = old.at(-1)?.seal;
  if (!last) return 0;
  const positions = sql`select position from audit_chain where place <= ${number(last.place)}`;
  await sql`delete from audit where position in (${positions})`.execute(db);
  await db.deleteFrom("audit_chain").where("place", "<=", last.place).execute();
  await putEnd(db, "anchor", last, now);
  await appendAudit(db, asked.line({ place: last.place, hash: last.hash, records: old.length }));
  return old.length;
}

/** What is personal in the records about somebody; the chain keeps its digest, and forgets with what it could be guessed. */
export async function erasePersonal(db: Db, personId: string): Promise<void> {
  const rows = await db
    .selectFrom("audit")
    .select(["position", "detail"])
    .where("subject", "=", personId)
    .orderBy("position")
    .modifyEnd(flavourOf(db).lock.toChange)
    .execute();
  for (const { position, detail } of rows) {
    const kept = withoutPersonal(JSON.parse(detail) as Readonly<Record<string, unknown>>);
    if (!isErased(kept)) continue;
    await db
      .updateTable("audit")
      .set({ detail: JSON.stringify(kept) })
      .where("position", "=", position)
      .execute();
    await db.updateTable("audit_chain").set({ salt: null }).where("position", "=", position).execute();
  }
}
