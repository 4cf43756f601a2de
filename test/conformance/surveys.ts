// What operators page through, on every database alike.
import { describe, expect, test } from "@jest/globals";
import type { AuditLine, PeopleFilter, Store } from "../../src/ports.js";
import { aUser, NOW } from "./records.js";

const ANYBODY: PeopleFilter = { text: "", groupId: undefined, state: undefined };

const line = (minute: number, action: string, subject: string, detail: AuditLine["detail"] = {}): AuditLine => ({
  at: `2026-11-22T08:${String(minute).padStart(2, "0")}:00.000Z`,
  actor: action.startsWith("member.") ? "bridge" : "okta",
  requestId: undefined,
  ...{ action, subject, detail },
});

const LINES: readonly AuditLine[] = [
  line(0, "user.patch", "u1", { changed: ["active"], active: false }),
  line(1, "member.deactivate", "u1", { stage: "sent", from: "AN" }),
  line(2, "member.set-role", "u2", { stage: "sent", to: "RE" }),
  line(3, "member.deactivate", "u1", { stage: "done", from: "AN" }),
  line(4, "member.set-role", "u2", { stage: "failed", answer: 'says "stage":"done" in its words' }),
  line(5, "hold.approved", "u2"),
];

async function audited(store: Store): Promise<Store> {
  for (const each of LINES) await store.work.audit(each);
  return store;
}

async function inhabited(store: Store): Promise<Store> {
  const people = { u1: "Zoe Müller", u2: "Ann Ärztin", u3: "Bob Braun" };
  await store.transaction(async (tx) => {
    for (const [id, name] of Object.entries(people)) {
      const [givenName = "", familyName = ""] = name.split(" ");
      const attributes = { emails: [{ value: `${id}@mail.example`, primary: true }], name: { givenName, familyName } };
      await tx.insertUser({ ...aUser(id), userName: `${familyName}.${id}`, attributes });
    }
    await tx.enqueue({ people: ["u3"], addresses: [], lane: "change", cause: "x", origin: "x", now: NOW });
  });
  return store;
}

export function surveysConformance(open: () => Store): void {
  describe("what operators page through", () => {
    test.each([
      ["müller", ["u1"]],
      ["ärz", ["u2"]],
      ["ann är", ["u2"]],
      ["u3@mail", ["u3"]],
      ["%", []],
      ["primary", []],
    ])("people by a part of a name or an address, whatever its case: %s", async (text, found) => {
      const { lists } = await inhabited(open());
      const filter = { ...ANYBODY, text };
      const ids = await lists.candidates(filter, "", 10);
      expect((await lists.people(ids, filter)).map(({ personId }) => personId)).toEqual(found);
    });

    test("people in the order of their userNames, page by page, with where they stand", async () => {
      const { lists } = await inhabited(open());
      expect(await lists.candidates(ANYBODY, "", 2)).toEqual(["u3", "u1"]);
      expect(await lists.candidates(ANYBODY, "u1", 2)).toEqual(["u2"]);
      const pending: PeopleFilter = { ...ANYBODY, state: "pending" };
      expect(await lists.candidates(pending, "", 10)).toEqual(["u3"]);
      expect((await lists.people(["u1", "u3"], ANYBODY)).map(({ state, name }) => [state, name])).toEqual([
        [undefined, "Zoe Müller"],
        ["pending", "Bob Braun"],
      ]);
    });

    test("lines by stage, newest first, whatever the details quote", async () => {
      const { lists } = await audited(open());
      const all = { after: 0, before: await lists.end(), action: undefined, since: undefined, until: undefined };
      const subjects = async (kind: "sent" | "done" | "failed" | "directory" | "other") =>
        (await lists.lines({ ...all, kind }, 10)).map(({ subject, action }) => `${subject} ${action}`);
      expect(await subjects("sent")).toEqual(["u2 member.set-role", "u1 member.deactivate"]);
      expect(await subjects("done")).toEqual(["u1 member.deactivate"]);
      expect(await subjects("failed")).toEqual(["u2 member.set-role"]);
      expect(await subjects("directory")).toEqual(["u1 user.patch"]);
      expect(await subjects("other")).toEqual(["u2 hold.approved"]);
      const since = LINES[2]?.at;
      expect(await lists.lines({ ...all, kind: "sent", since }, 10)).toHaveLength(1);
      expect(await lists.linesOf("u1", { ...all, kind: "sent" }, 10)).toHaveLength(1);
    });

    test("a line finds its answer, and what had asked for it", async () => {
      const { lists } = await audited(open());
      const all = { after: 0, before: await lists.end(), action: undefined, since: undefined, until: undefined };
      const sent = await lists.lines({ ...all, kind: "sent" }, 10);
      const answers = await lists.beside(sent, "after");
      expect(sent.map(({ position }) => answers.get(position)?.detail["stage"])).toEqual(["failed", "done"]);
      const asked = sent.map((each) => ({ ...each, action: "user.patch" }));
      const triggers = await lists.beside(asked, "before");
      expect(asked.map(({ position }) => triggers.get(position)?.actor)).toEqual([undefined, "okta"]);
    });

    test("a time is a place", async () => {
      const { lists } = await audited(open());
      const end = await lists.end();
      expect(await lists.placeAt("2026-11-22T08:03:30.000Z")).toBe(end - 2);
      expect(await lists.placeAt("2026-11-22T09:00:00.000Z")).toBe(end);
      expect(await lists.placeAt("2020-01-01T00:00:00.000Z")).toBeLessThanOrEqual(end - LINES.length);
      const kinds = (await lists.marks(0, end)).map(({ kind }) => kind);
      expect(kinds).toEqual(["asked-to-leave", "left", "failed"]);
    });

    test("groups by how their names begin", async () => {
      const store = open();
      for (const displayName of ["LS Ärzte", "LS Admins", "Others"])
        await store.transaction((tx) =>
          tx.insertGroup({ ...aUser(displayName), displayName, externalId: undefined, attributes: { displayName } }),
        );
      const names = async (prefix: string) =>
        (await store.lists.groupsNamed(prefix, 5)).map(({ displayName }) => displayName);
      expect(await names("ls ")).toEqual(["LS Admins", "LS Ärzte"]);
      expect(await names("LS Ä")).toEqual(["LS Ärzte"]);
      expect(await names("zzz")).toEqual([]);
    });
  });
}
