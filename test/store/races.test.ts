// Two processes on one PostgreSQL database, each with connections of its own; gates hold a transaction where it hurts.
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import type { Claim, Store, Transaction } from "../../src/ports.js";
import { openStore } from "../../src/store/index.js";
import { aGroup, aLink, AT, aUser, NOW, outcome } from "../conformance/records.js";
import { freshDatabase, type Database } from "../support/postgres/database.js";

let database: Database;
let one: Store;
let two: Store;
beforeEach(async () => {
  database = await freshDatabase();
  one = await openStore({ url: database.url });
  two = await openStore({ url: database.url });
});
afterEach(async () => {
  await one.close();
  await two.close();
  await database.drop();
});

/** Long enough for whoever does not wait to be through. */
const A_WHILE_MS = 150;

interface Held<T> {
  /** Lets the transaction commit. */
  commit(): Promise<T>;
}

/** A transaction that has done its work and not committed. */
async function held<T>(store: Store, work: (tx: Transaction) => Promise<T>): Promise<Held<T>> {
  let done: () => void = () => undefined;
  let commit: () => void = () => undefined;
  const worked = new Promise<void>((resolve) => (done = resolve));
  const mayCommit = new Promise<void>((resolve) => (commit = resolve));
  const ended = store.transaction(async (tx) => {
    const result = await work(tx);
    done();
    await mayCommit;
    return result;
  });
  await Promise.race([worked, ended]);
  return {
    commit: () => {
      commit();
      return ended;
    },
  };
}

/** Begins while `first` is held, which commits a while later; answers what the second has come to. */
async function meanwhile<T>(first: Held<unknown>, second: () => Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([
    second(),
    (async () => {
      await delay(A_WHILE_MS);
      await first.commit();
    })(),
  ]);
  return result;
}

const member = (id: string) => ({ id, type: "User" as const, display: undefined });
const insert = (...ids: readonly string[]) =>
  one.transaction(async (tx) => {
    for (const id of ids) await tx.insertUser(aUser(id));
    await tx.insertGroup(aGroup("g", "G"));
  });
const enqueue = (tx: Transaction, people: readonly string[], addresses: readonly string[] = []) =>
  tx.enqueue({ people, addresses, lane: "leaver", cause: "test", origin: "test", now: NOW });
const claim = (store: Store, limit = 100) => store.work.claim(["leaver", "change", "sweep"], limit, 60_000, NOW);

test("of two users of one name the second is refused", async () => {
  const first = await held(one, (tx) => tx.insertUser(aUser("a", { userName: "kim" })));
  const second = await meanwhile(first, () => two.transaction((tx) => tx.insertUser(aUser("b", { userName: "KIM" }))));
  expect(second).toMatchObject({ status: "rejected", reason: { code: "UNIQUENESS" } });
});

test("who reads a user in order to write it reads what the other has written", async () => {
  await insert("a");
  const raise = async (tx: Transaction, title: string) => {
    const seen = await tx.user("a");
    if (!seen) throw new Error("no such user");
    const { version, attributes } = seen;
    await tx.putUser(aUser("a", { version: version + 1, attributes: { ...attributes, [title]: "x" } }), version);
  };
  const first = await held(one, (tx) => raise(tx, "title"));
  expect(await meanwhile(first, () => two.transaction((tx) => raise(tx, "locale")))).toMatchObject({
    status: "fulfilled",
  });
  expect(await one.directory.user("a")).toMatchObject({ version: 3, attributes: { title: "x", locale: "x" } });
});

test("nobody is put into a group who is being deleted", async () => {
  await insert("a");
  const deletion = await held(one, async (tx) => {
    await tx.user("a");
    return tx.removeUser("a", AT);
  });
  const add = (tx: Transaction) => tx.kinds(["a"]);
  expect(await meanwhile(deletion, () => two.transaction(add))).toEqual({ status: "fulfilled", value: new Map() });
});

test("who is being put into a group and deleted at once has left it", async () => {
  await insert("a");
  const adding = await held(two, async (tx) => {
    await tx.group("g");
    await tx.kinds(["a"]);
    await tx.addMembers("g", [member("a")]);
  });
  const deletion = await meanwhile(adding, () => one.transaction((tx) => tx.removeUser("a", AT)));
  expect(deletion).toEqual({ status: "fulfilled", value: ["g"] });
  expect((await one.directory.membersOf(["g"])).size).toBe(0);
});

test("a group that is deleted while it is put into another is in none", async () => {
  await insert();
  await one.transaction((tx) => tx.insertGroup(aGroup("h", "H")));
  const nesting = await held(two, async (tx) => {
    await tx.group("h");
    await tx.kinds(["g"]);
    await tx.addMembers("h", [{ id: "g", type: "Group", display: undefined }]);
  });
  await meanwhile(nesting, () => one.transaction((tx) => tx.removeGroup("g")));
  expect((await one.directory.membersOf(["h"])).size).toBe(0);
});

test("a link that is stored while its user is deleted is a tombstone", async () => {
  await insert("a");
  const deletion = await held(one, (tx) => tx.removeUser("a", AT));
  expect(await meanwhile(deletion, () => two.work.putLink(aLink("a", 7)))).toMatchObject({ status: "fulfilled" });
  expect(await one.work.linkOfAccount(7)).toBeUndefined();
  expect(await one.work.tombstoneOfAccount(7)).toMatchObject({ personId: "a", tombstone: true });
});

test("of two people one at most gets the account", async () => {
  await insert("a", "b");
  const both = await Promise.allSettled([one.work.putLink(aLink("a", 7)), two.work.putLink(aLink("b", 7))]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "UNIQUENESS" } });
});

test("of two who come to share an address at one time the later sees the earlier", async () => {
  const addresses = ["x@acme.example"];
  const create = (id: string) => async (tx: Transaction) => {
    await tx.insertUser(aUser(id, { attributes: { userName: id, emails: [{ value: "x@acme.example" }] } }));
    await tx.enqueue({ people: [], addresses, lane: "leaver", cause: `create ${id}`, origin: id, now: NOW - 1_000 });
  };
  const first = await held(one, create("a"));
  await meanwhile(first, () => two.transaction(create("b")));
  expect((await claim(one)).map(({ personId, cause }) => [personId, cause]).sort()).toEqual([
    ["a", "create b"],
    ["b", "create b"],
  ]);
});

test("a change that comes while its person is settled is looked at", async () => {
  await insert("a");
  await one.transaction((tx) => enqueue(tx, ["a"]));
  const [first] = (await claim(one)) as [Claim];
  const change = await held(two, (tx) => enqueue(tx, ["a"]));
  await meanwhile(change, () => one.work.settle(first, outcome("converged")));
  expect(await claim(one)).toMatchObject([{ personId: "a", leaverDue: true }]);
});

test("nobody is claimed twice, and nobody waits for whom another claims", async () => {
  const ids = Array.from({ length: 200 }, (_, n) => `u${n}`);
  await one.transaction((tx) => enqueue(tx, ids));
  const rounds = Array.from({ length: 20 }, (_, n) => claim(n % 2 === 0 ? one : two, 10));
  const claimed = (await Promise.all(rounds)).flat().map(({ personId }) => personId);
  expect(new Set(claimed).size).toBe(claimed.length);
  const rest = (await claim(one, 200)).map(({ personId }) => personId);
  expect([...claimed, ...rest].sort()).toEqual([...ids].sort());
});

test("two that wait for each other: one wins, and the other is run again", async () => {
  await insert();
  await one.transaction((tx) => tx.insertGroup(aGroup("h", "H")));
  let runs = 0;
  let touched = 0;
  let bothHaveOne: () => void = () => undefined;
  const met = new Promise<void>((resolve) => (bothHaveOne = resolve));
  const inOrder = (store: Store, first: string, second: string) =>
    store.transaction(async (tx) => {
      runs++;
      await tx.touchGroups([first], AT);
      if (++touched === 2) bothHaveOne();
      await met;
      await tx.touchGroups([second], AT);
    });
  await Promise.all([inOrder(one, "g", "h"), inOrder(two, "h", "g")]);
  expect(runs).toBe(3);
  expect(await one.directory.group("g")).toMatchObject({ version: 3 });
  expect(await one.directory.group("h")).toMatchObject({ version: 3 });
});
