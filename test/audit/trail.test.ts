// The chain over the audit log on both databases: made beside concurrent writers, broken by hand, cut, and erased from.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { DatabaseSync } from "@photostructure/sqlite";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportAudit, keepTrail, verifyTrail, type ExportAsked } from "../../src/audit/index.js";
import type { AuditLine, Store } from "../../src/ports.js";
import { openStore } from "../../src/store/index.js";
import { aLink, aUser, NOW } from "../conformance/records.js";
import { fakeClock } from "../support/fake-clock.js";
import { ask, freshDatabase } from "../support/postgres/database.js";

interface Place {
  readonly url: string;
  /** By somebody who has the database's password. */
  readonly tamper: (statement: string) => Promise<void>;
  readonly drop: () => Promise<void>;
}

const PLACES: Readonly<Record<string, () => Promise<Place>>> = {
  SQLite: async () => {
    const folder = await mkdtemp(join(tmpdir(), "trail-"));
    const file = join(folder, "bridge.db");
    const tamper = (statement: string): Promise<void> => {
      const database = new DatabaseSync(file);
      database.exec(statement);
      database.close();
      return Promise.resolve();
    };
    return { url: `sqlite:${file}`, tamper, drop: () => rm(folder, { recursive: true }) };
  },
  PostgreSQL: async () => {
    const database = await freshDatabase();
    const { url } = database;
    return { url, tamper: async (statement) => void (await ask(url, statement)), drop: () => database.drop() };
  },
};

const DAY_MS = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();
const line = (n: number, more: Partial<AuditLine> = {}): AuditLine => ({
  at: iso(NOW + n * 1_000),
  actor: "token-1",
  requestId: `request-${n}`,
  action: "user.patch",
  subject: `u${n}`,
  detail: { changed: ["active"], before: { userName: `u${n}@acme.example` }, active: n % 2 === 0 },
  ...more,
});

describe.each(Object.keys(PLACES))("the audit log on %s", (name) => {
  let place: Place;
  let store: Store;
  let salts = 0;
  beforeEach(async () => {
    place = await (PLACES[name] as () => Promise<Place>)();
    store = await openStore({ url: place.url });
  });
  afterEach(async () => {
    await store.close();
    await place.drop();
  });

  const record = async (from: number, to: number): Promise<void> => {
    for (let n = from; n <= to; n++) await store.work.audit(line(n));
  };
  /** What the process that runs the loop does all the time, until everything is done that is due now. */
  async function keep(retentionMs?: number, now = NOW): Promise<void> {
    const clock = fakeClock(now);
    const stop = new AbortController();
    const heads: unknown[] = [];
    const faults: unknown[] = [];
    const kept = keepTrail(
      store,
      {
        clock: { ...clock, sleep: async (ms, signal) => (ms === 2_000 ? stop.abort() : clock.sleep(ms, signal)) },
        newSalt: () => `salt ${salts++}`,
        retentionMs,
        onFault: (error) => {
          faults.push(error);
          stop.abort();
        },
        onHead: (head) => heads.push(head),
      },
      stop.signal,
    );
    for (let over = false; !over; await clock.advance(100)) over = await Promise.race([kept.then(() => true), tick()]);
    expect(faults).toEqual([]);
  }
  const tick = (): Promise<false> => new Promise((resolve) => setTimeout(() => resolve(false), 5));
  const verify = async (expectHead?: string) => verifyTrail(store, { expectHead });
  const lines = async (asked: Partial<ExportAsked> = {}): Promise<readonly string[]> => {
    const all: string[] = [];
    for await (const page of exportAudit(store, { since: undefined, until: undefined, format: "ndjson", ...asked }))
      all.push(...page);
    return all;
  };

  test("an empty log is whole, and so is one that is chained in several goes", async () => {
    expect(await verify()).toMatchObject({ ok: true, records: 0 });
    await record(1, 3);
    await keep();
    await record(4, 5);
    expect(await verify()).toMatchObject({ ok: true, records: 3, waiting: 2 });
    await keep();
    expect(await verify()).toMatchObject({ ok: true, records: 5, waiting: 0, head: { place: 5 } });
  });

  test("the hash that was told earlier is found again; one that was not is a problem", async () => {
    await record(1, 3);
    await keep();
    const { head } = await verify();
    await record(4, 6);
    await keep();
    expect(await verify(head.hash)).toMatchObject({ ok: true });
    expect(await verify("0123")).toMatchObject({ ok: false, problem: expect.stringContaining("was made anew") });
  });

  test.each([
    ["changed detail", `update audit set detail = '{"active":true}' where position = 3`, /record 3 .*not what was/],
    [
      "changed value that is personal",
      "update audit set detail = replace(detail, 'u3@', 'x3@')",
      /record 3 .*not what/,
    ],
    ["changed actor", "update audit set actor = 'somebody' where position = 2", /record 2 .*by somebody\) is not what/],
    ["no JSON", "update audit set detail = '{' where position = 2", /record 2 .*not what was recorded/],
    ["deleted", "delete from audit where position = 4", /record 4 \(position 4\) has been deleted/],
    [
      "deleted with its link",
      "delete from audit where position = 4; delete from audit_chain where position = 4",
      /record 4 is missing/,
    ],
    [
      "swapped",
      `update audit set position = -3 where position = 3; update audit set position = 3 where position = 4;
        update audit set position = 4 where position = -3`,
      /record 3 .*not what was recorded, or not at its place/,
    ],
    [
      "swapped in the chain",
      `update audit_chain set position = -3 where place = 3; update audit_chain set position = 3 where place = 4;
        update audit_chain set position = 4 where place = 3`,
      /record 3 .*not what was recorded, or not at its place/,
    ],
    [
      "tail cut off",
      "delete from audit where position > 4; delete from audit_chain where place > 4",
      /ends with record 4, and ended with 6/,
    ],
    [
      "beginning cut off",
      `delete from audit where position < 3; delete from audit_chain where place < 3;
        update audit_ends set place = 2, hash = (select hash from audit_chain where place = 3) where name = 'anchor'`,
      /record 3 .*not what/,
    ],
    [
      "beginning cut off with care",
      `update audit_ends set place = 2, hash = (select hash from audit_chain where place = 2) where name = 'anchor';
        delete from audit where position < 3; delete from audit_chain where place < 3`,
      /begins after record 2, and no record says that it was cut there/,
    ],
    [
      "erased by hand",
      `update audit set detail = '{"changed":["active"],"active":false,"erased":true}' where position = 3;
        update audit_chain set salt = null where position = 3`,
      /record 3 .*no record says that it was erased/,
    ],
  ])("%s", async (_what, statements, problem) => {
    await record(1, 6);
    await keep();
    const { head } = await verify();
    for (const statement of statements.split(";")) await place.tamper(statement);
    expect(await verify(head.hash)).toMatchObject({ ok: false, problem: expect.stringMatching(problem) });
  });

  test.each([
    [
      "put back",
      "update audit_ends set place = 2, hash = (select hash from audit_chain where place = 2) where name = 'head'",
    ],
    ["taken away", "delete from audit_ends"],
  ])("an end that is %s leaves nothing behind it unproved", async (_what, statement) => {
    await record(1, 6);
    await keep();
    await place.tamper(statement);
    expect(await verify()).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/record \d .*is behind its end/),
    });
  });

  test("a record that is put in later with an earlier time stands out, before it is chained and after", async () => {
    await record(1, 6);
    await store.work.audit(line(7, { at: iso(NOW + DAY_MS) }));
    await keep();
    await place.tamper(`insert into audit (position, at, actor, action, subject, detail)
      values (99, '${iso(NOW + 3_000)}', 'token-1', 'user.patch', 'u3', '{}')`);
    const problem: unknown = expect.stringMatching(/record 8 .*was put there after/);
    expect(await verify()).toMatchObject({ ok: false, problem, waiting: 1 });
    await keep();
    expect(await verify()).toMatchObject({ ok: false, problem, waiting: 0 });
  });

  test("what is too old is cut off, and the rest is still proved", async () => {
    for (let n = 1; n <= 9; n++) await store.work.audit(line(n, { at: iso(NOW + n * DAY_MS) }));
    await keep();
    const { head } = await verify();
    await keep(5 * DAY_MS, NOW + 9.5 * DAY_MS);
    await keep();
    const after = await verify(head.hash);
    expect(after).toMatchObject({ ok: true, anchor: { place: 4 }, records: 6, head: { place: 10 } });
    expect((await lines()).map((text) => (JSON.parse(text) as AuditLine).action)).toEqual([
      ...Array<string>(5).fill("user.patch"),
      "audit.cut",
    ]);
    await place.tamper("delete from audit where action = 'audit.cut'");
    expect(await verify()).toMatchObject({ ok: false });
  });

  test("who is forgotten leaves a chain that is whole, and nothing of theirs", async () => {
    await store.transaction((tx) => tx.insertUser(aUser("u3")));
    await record(1, 6);
    await store.work.putLink(aLink("u3", 7));
    await keep();
    await store.work.audit(line(7, { subject: "u3", detail: { answer: "u3@acme.example is unknown", to: "DI" } }));
    await store.transaction((tx) => tx.removeUser("u3", iso(NOW)));
    const forgetting = (personId: string): AuditLine => line(8, { action: "forget", subject: personId, detail: {} });
    expect(await store.inquiries.erase("u3@acme.example", forgetting)).toMatchObject({ erased: 1 });
    expect(await verify()).toMatchObject({ ok: true, erased: 1, waiting: 2 });
    await keep();
    expect(await verify()).toMatchObject({ ok: true, erased: 2, records: 8 });
    expect((await lines()).join("\n")).not.toContain("u3@acme.example");
    const [, , erased] = (await lines()).map((text) => JSON.parse(text) as AuditLine);
    expect(erased?.detail).toEqual({ changed: ["active"], active: false, erased: true });
    await place.tamper(`update audit set detail = '{"changed":[],"erased":true}' where position = 3`);
    expect(await verify()).toMatchObject({ ok: false, problem: expect.stringMatching(/record 3/) });
  });

  test("many writers at once, two who chain, and one who rolls back: every record is in the chain once", async () => {
    // Two connections of one process to one file of SQLite would wait for each other.
    const other = name === "SQLite" ? store : await openStore({ url: place.url });
    let over = false;
    const chain = async (one: Store): Promise<void> => {
      while (!over || (await one.trail.unsealed(1)).length > 0) {
        await new Promise((resolve) => setImmediate(resolve));
        const seal = ({ position }: { position: number }, before: { place: number }) => ({
          ...{ place: before.place + 1, salt: "s", personal: "p", hash: `${before.place + 1} ${position}` },
        });
        for (let after: number | undefined = 0; after !== undefined;)
          after = (await one.trail.extend({ after, limit: 20, now: NOW, seal })).next;
      }
    };
    const write = async (one: Store, from: number): Promise<void> => {
      for (let n = from; n < from + 30; n++)
        await one
          .transaction(async (tx) => {
            await tx.audit(line(n));
            await new Promise((resolve) => setImmediate(resolve));
            if (n % 10 === 0) throw new TypeError("rolled back");
          })
          .catch(() => undefined);
    };
    const chaining = [chain(store), chain(other)];
    await Promise.all([0, 100, 200, 300].map((from) => write(from % 200 === 0 ? store : other, from)));
    over = true;
    await Promise.all(chaining);
    const sealed = await store.trail.sealed(0, 1_000);
    expect(sealed.map(({ seal }) => seal.place)).toEqual(Array.from({ length: 108 }, (_, at) => at + 1));
    expect(new Set(sealed.map(({ record: of }) => of?.subject)).size).toBe(108);
    if (other !== store) await other.close();
  });

  test("CSV: quotes are doubled, and nothing is a formula", async () => {
    await store.work.audit(line(1, { actor: '=HYPERLINK("x")', subject: "+1,\n2", detail: { a: 'b"c' } }));
    const [head, first] = await lines({ format: "csv" });
    expect(head).toBe('"position","at","actor","requestId","action","subject","detail","place","hash"');
    expect(first).toBe(
      `1,"${iso(NOW + 1_000)}","'=HYPERLINK(""x"")","request-1","user.patch","'+1,\n2","{""a"":""b\\""c""}","",""`,
    );
    await record(2, 4);
    const some = await lines({ since: NOW + 2_000, until: NOW + 4_000 });
    expect(some.map((text) => (JSON.parse(text) as AuditLine).subject)).toEqual(["u2", "u3"]);
  });
});
