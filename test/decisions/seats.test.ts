// seats: whoever needs a licensed seat while none is free is held, and goes as soon as one is; nobody else waits for it.
import { afterEach, describe, expect, test } from "@jest/globals";
import { group, MAPPING, type Trial } from "../support/bridge.js";
import { address, fewSeats, peopleOf } from "../support/seats.js";
import type { TimelessTrial } from "../support/timeless.js";

let t: Trial;
afterEach(() => t.close());

const { add, addAll, set, join, annotators, role, held } = peopleOf(() => t);
const asked = () => t.sandbox.calls.filter(({ path }) => path === "/api/billing/info").length;
const refused = () => t.sandbox.calls.filter(({ status }) => status === 400).length;

async function timeless(seatLimit: number, mapping = MAPPING): Promise<TimelessTrial> {
  const made = await fewSeats(seatLimit, mapping);
  t = made;
  return made;
}

describe("a full licence", () => {
  test("holds who has no seat, with the numbers, and asks Label Studio for nothing that it would refuse", async () => {
    await timeless(4);
    await annotators(await addAll("a", "b", "c", "d", "e"));
    const status = await t.settled();
    expect([status.held, status.failing]).toEqual([2, 0]);
    expect(["a", "b", "c", "d", "e"].map(role).filter((code) => code === "AN")).toHaveLength(3);
    expect(await held()).toEqual([
      "seats: 4 of 4 in use, 3 of them promised to who has waited longer; waits for the next one",
      "seats: 4 of 4 in use, 3 of them promised to who has waited longer; waits for the next one",
    ]);
    expect([refused(), asked()]).toEqual([0, 1]);
  });

  test("a seat that is freed goes to who has waited longest, before whoever comes just then", async () => {
    const { clock } = await timeless(2);
    const [a, b, c] = await addAll("a", "b", "c");
    const groupId = await annotators(a ? [a] : []);
    await t.settled();
    await join(groupId, c);
    await t.settled();
    await join(groupId, b);
    expect((await t.settled()).held).toBe(2);
    await set(a, false);
    await t.settled();
    expect(role("a")).toBe("DI");
    await clock.advance(61_000);
    await t.settled();
    expect([role("c"), role("b")]).toEqual(["AN", "NO"]);
    t.sandbox.set({ seatLimit: 3 });
    await clock.advance(31_000);
    await t.settled();
    expect([role("b"), (await t.status()).held, refused()]).toEqual(["AN", 0, 0]);
  });

  test("is asked about once a minute while seats are given, and never otherwise", async () => {
    const { clock } = await timeless(50);
    const groupId = await annotators();
    const ids = await addAll("a", "b", "c", "d");
    await t.settled();
    expect(asked()).toBe(0);
    for (const id of ids.slice(0, 3)) {
      await join(groupId, id);
      await t.settled();
    }
    expect(asked()).toBe(1);
    await clock.advance(61_000);
    await set(ids[0], false);
    await t.settled();
    expect(asked()).toBe(1);
    await join(groupId, ids[3]);
    await t.settled();
    expect(asked()).toBe(2);
  });

  test("is foreseen by plan and explain, with the numbers; nothing is said where no limit is known", async () => {
    const { clock } = await timeless(2);
    const [a, b] = await addAll("a", "b");
    await t.settled();
    await t.admin("POST", "/pause", {});
    await annotators([a ?? "", b ?? ""]);
    const planned = async () => {
      const { changes = [] } = await t.admin("GET", "/plan");
      return (changes as readonly { readonly userName: string; readonly held?: string }[]).map(({ held: why }) => why);
    };
    const waits = "seats: 2 of 2 in use, 1 of them promised to who has waited longer; waits for the next one";
    expect((await planned()).toSorted()).toEqual([waits, undefined]);
    const next = async () => (await t.admin("GET", "/explain?of=a%40acme.example"))["next"];
    expect(await next()).toMatchObject({ does: "set-role", to: "AN" });
    t.sandbox.set({ seatLimit: 1 });
    await clock.advance(6_000);
    expect(await next()).toMatchObject({ held: "seats: 1 of 1 in use; waits for the next one" });
    expect(await planned()).toHaveLength(2);
    t.sandbox.set({ seatLimit: undefined });
    await clock.advance(6_000);
    expect(await planned()).toEqual([undefined, undefined]);
  });

  describe("limit: no-access", () => {
    const NO_ACCESS = `${MAPPING}seats: { limit: no-access, upgradeViewOnly: true }\n`;
    const waits = "seats: 2 of 2 in use; waits for the next one, with role NO until then";

    test.each(["NO", "AN"])(
      "a new account has no access, where others come with %s; oldest first",
      async (byDefault) => {
        const { clock } = await timeless(2, NO_ACCESS);
        t.sandbox.set({ defaultRole: byDefault });
        const groupId = await annotators();
        await join(groupId, await add("a"));
        await t.settled();
        // Label Studio would not mind.
        t.sandbox.set({ seatLimit: 9 });
        for (const name of ["b", "c"]) {
          await join(groupId, await add(name));
          await t.settled();
        }
        expect(["a", "b", "c"].map(role)).toEqual(["AN", "NO", "NO"]);
        expect(await held()).toEqual([waits, waits]);
        t.sandbox.set({ seatLimit: 3 });
        await clock.advance(31_000);
        await t.settled();
        expect(["b", "c"].map(role)).toEqual(["AN", "NO"]);
      },
    );

    test("who was deactivated is back without access; who may only look on stays so", async () => {
      const { clock } = await timeless(2, NO_ACCESS);
      const [a, b] = await addAll("a", "b");
      await annotators([a ?? ""]);
      await t.settled();
      // What the bridge has written itself is newer than a read of the same moment.
      await clock.advance(1_000);
      t.sandbox.setRole(address("b"), "DI");
      t.sandbox.addMember({ email: address("v"), role: "VO", userType: "viewonly" });
      await t.restart();
      await t.settled();
      await t.scim("POST", "/Groups", group("LS Reviewers", [b ?? "", await add("v")]));
      await t.settled();
      expect(["b", "v"].map(role)).toEqual(["NO", "VO"]);
      expect(await held()).toEqual([waits, waits]);
    });
  });

  test("limit: off asks nobody and leaves it to Label Studio", async () => {
    await timeless(1, `${MAPPING}seats: { limit: off }\n`);
    await annotators(await addAll("a"));
    await t.until(async () => (await t.status()).failing === 1);
    expect([asked(), refused() > 0]).toEqual([0, true]);
  });

  test("who is held goes at once when the mapping counts seats no more, or the licence has no limit", async () => {
    const { clock } = await timeless(1);
    await annotators(await addAll("a"));
    expect((await t.settled()).held).toBe(1);
    t.sandbox.set({ seatLimit: undefined });
    await clock.advance(31_000);
    await t.settled();
    expect(role("a")).toBe("AN");
  });
});

describe("many at once", () => {
  const names = Array.from({ length: 150 }, (_, at) => `u${at}`);
  const atWork = () => t.sandbox.members().filter(({ role: code }) => code === "AN").length;

  test("are given as many seats as there are, whatever is decided at the same time", async () => {
    await timeless(61);
    const groupId = await annotators();
    await Promise.all(names.map(async (name) => join(groupId, await add(name))));
    expect((await t.settled(15_000)).held).toBe(90);
    expect([atWork(), refused()]).toEqual([60, 0]);
  });

  test("whom an operator has let go is not asked about again for want of a seat", async () => {
    const { clock } = await timeless(1);
    const ids = await addAll(...names.slice(0, 12));
    await t.settled();
    await t.scim("POST", "/Groups", group("LS Admins", ids));
    expect((await t.settled()).held).toBe(12);
    expect(await t.admin("POST", "/holds/approve", { all: true })).toEqual({ people: 12 });
    expect((await t.settled()).held).toBe(12);
    t.sandbox.set({ seatLimit: 100 });
    await clock.advance(31_000);
    expect((await t.settled()).held).toBe(0);
    expect(t.sandbox.members().filter(({ role: code }) => code === "AD")).toHaveLength(13);
  });
});

describe("an answer that cannot be had", () => {
  test("holds nobody, and delays no deactivation", async () => {
    const { clock } = await timeless(2);
    const [a, b] = await addAll("a", "b");
    const groupId = await annotators();
    await t.settled();
    t.sandbox.inject({ kind: "silence" }, { path: /billing/ });
    await join(groupId, a);
    await clock.advance(350);
    await set(b, false);
    await clock.advance(100);
    expect([role("b"), role("a")]).toEqual(["DI", "NO"]);
    await t.until(() => role("a") === "AN");
    expect((await t.settled()).held).toBe(0);
  });

  test("what was told long ago holds nobody either", async () => {
    const { clock } = await timeless(2);
    const [a, b, c] = await addAll("a", "b", "c");
    const groupId = await annotators();
    for (const id of [a, b]) await join(groupId, id);
    expect((await t.settled()).held).toBe(1);
    t.sandbox.set({ seatLimit: 50 });
    await clock.advance(31_000);
    await t.settled();
    t.sandbox.set({ seatLimit: 3 });
    await clock.advance(180_000);
    t.sandbox.inject({ kind: "silence" }, { path: /billing/, times: 3 });
    await join(groupId, c);
    await t.until(async () => (await t.status()).failing === 1);
    expect((await t.status()).held).toBe(0);
  });

  test("the one who waits for it is deactivated soon all the same", async () => {
    const { clock } = await timeless(2);
    const [a] = await addAll("a");
    const groupId = await annotators();
    await t.settled();
    t.sandbox.inject({ kind: "silence" }, { path: /billing/ });
    await join(groupId, a);
    await clock.advance(350);
    await set(a, false);
    await clock.advance(1_100);
    expect(role("a")).toBe("DI");
  });
});
