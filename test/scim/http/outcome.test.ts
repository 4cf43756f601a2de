// What became of a person in Label Studio, read over SCIM: the whole bridge with the emulated Label Studio.
import { afterEach, describe, expect, test } from "@jest/globals";
import { LABEL_STUDIO_EXTENSION as OUTCOME } from "../../../src/directory/index.js";
import { group, patch, trial, user, type Trial, type TrialOptions } from "../../support/bridge.js";
import { ENTERPRISE, USER } from "./bridge.js";

const SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const ADA = "ada@acme.example";

let t: Trial;
afterEach(() => t.close());

const start = async (options?: TrialOptions) => {
  t = await trial(options);
  await t.settled();
};
const add = async (email: string, more: Record<string, unknown> = {}) =>
  (await t.scim("POST", "/Users", user(email, more))).body.id;
const join = (name: string, ...ids: readonly string[]) => t.scim("POST", "/Groups", group(name, ids));
const outcome = async (id: string) => (await t.scim("GET", `/Users/${id}?attributes=${OUTCOME}`)).body[OUTCOME];
const named = async (filter: string) => {
  const { status, body } = await t.scim("GET", `/Users?filter=${encodeURIComponent(filter)}&attributes=userName`);
  return status === 200 ? (body["Resources"] as { userName: string }[]).map(({ userName }) => userName) : body;
};
/** For as long as the test may last: a refusal is tried again after some seconds. */
const refuse = (email: string) => {
  const userId = t.sandbox.member(email)?.userId;
  const path = (_path: string, body: unknown) => (body as { user_id?: number } | undefined)?.user_id === userId;
  t.sandbox.inject({ kind: "forbidden", detail: "Not this one." }, { method: "PATCH", path, times: 1_000 });
};
const AT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown;

describe("each state", () => {
  test("converged, with role and account", async () => {
    await start();
    const id = await add(ADA);
    await join("LS Annotators", id);
    await t.settled();
    const userId = t.sandbox.member(ADA)?.userId;
    const reason = expect.any(String) as unknown;
    expect(await outcome(id)).toEqual({
      state: "converged",
      role: "AN",
      desiredRole: "AN",
      reason,
      userId,
      changedAt: AT,
    });
  });

  test("held, with what the protection stops", async () => {
    await start();
    const id = await add("olivia.winter@acme.example");
    await join("LS Annotators", id);
    await t.settled();
    expect(await outcome(id)).toMatchObject({
      state: "held",
      role: "OW",
      desiredRole: "AN",
      reason: expect.stringMatching(/owner/i) as unknown,
    });
  });

  test("failing, with the vendor's words", async () => {
    await start();
    const id = await add(ADA);
    await t.settled();
    refuse(ADA);
    await join("LS Annotators", id);
    await t.settled();
    expect(await outcome(id)).toMatchObject({
      state: "failing",
      role: "NO",
      desiredRole: "AN",
      lastError: expect.stringContaining("Not this one.") as unknown,
      userId: t.sandbox.member(ADA)?.userId,
    });
  });

  test("pending during an outage, beside what was settled before", async () => {
    await start();
    const id = await add(ADA);
    await t.settled();
    const before = (await outcome(id)) as object;
    t.sandbox.inject({ kind: "status", status: 503 }, { times: 1_000 });
    await join("LS Annotators", id);
    expect(await outcome(id)).toEqual({ ...before, state: "pending" });
    expect(before).toMatchObject({ state: "converged", role: "NO" });
  });

  test("pending in the answer that creates somebody", async () => {
    await start();
    const created = await t.scim("POST", `/Users?attributes=userName,${OUTCOME}`, user(ADA));
    expect([created.status, created.body]).toEqual([
      201,
      { schemas: [USER, OUTCOME], id: created.body.id, userName: ADA, [OUTCOME]: { state: "pending" } },
    ]);
  });

  test("a warning shows, and changedAt is when things changed, not when somebody looked", async () => {
    await start();
    const id = await add(ADA);
    await t.settled();
    const settled = (await outcome(id)) as { changedAt: string };
    await t.restart();
    await t.settled();
    expect(await outcome(id)).toEqual(settled);
    await t.scim(
      "PATCH",
      `/Users/${id}`,
      patch({ op: "replace", path: 'emails[type eq "work"].value', value: "l@x.io" }),
    );
    await t.settled();
    const warned = (await outcome(id)) as { changedAt: string };
    expect(warned).toMatchObject({ state: "converged", warning: expect.stringContaining("e-mail") as unknown });
    expect(warned.changedAt > settled.changedAt).toBe(true);
  });
});

describe("only when asked for", () => {
  const ask = async (id: string, query: string) => (await t.scim("GET", `/Users/${id}${query}`)).body;

  test("whole, by attribute, in any letters, beside others", async () => {
    await start();
    const id = await add(ADA, { [ENTERPRISE]: { department: "R&D" } });
    await t.settled();
    const schemas = [USER, ENTERPRISE, OUTCOME];
    const whole = await outcome(id);
    expect(await ask(id, `?attributes=${OUTCOME.toUpperCase()}`)).toEqual({ schemas, id, [OUTCOME]: whole });
    const role = { schemas, id, [OUTCOME]: { role: "NO" } };
    expect(await ask(id, `?attributes=${OUTCOME}:ROLE`)).toEqual(role);
    expect(await ask(id, `?attributes=userName,${OUTCOME}:role`)).toEqual({ ...role, userName: ADA });
    expect(await ask(id, `?attributes=${OUTCOME}:role&excludedAttributes=${OUTCOME},meta`)).toEqual(role);
    const list = await t.scim("GET", `/Users?attributes=${OUTCOME}:role`);
    expect(list.body["Resources"]).toEqual([role]);
    for (const path of ["/Users/.search", "/.search"]) {
      const found = await t.scim("POST", path, { schemas: [SEARCH], attributes: [`${OUTCOME}:role`] });
      expect(found.body["Resources"]).toEqual([role]);
    }
    const put = user(ADA, { [ENTERPRISE]: { department: "R&D" } });
    expect((await t.scim("PUT", `/Users/${id}?attributes=${OUTCOME}:role`, put)).body).toEqual(role);
    const title = patch({ op: "add", path: "title", value: "x" });
    const patched = await t.scim("PATCH", `/Users/${id}?attributes=title,${OUTCOME}:state`, title);
    expect(patched.body).toEqual({ schemas, id, title: "x", [OUTCOME]: { state: "pending" } });
  });

  test("nothing of it else, nor where there is nothing to show", async () => {
    await start();
    const id = await add(ADA);
    await t.settled();
    for (const query of ["", "?attributes=userName", `?excludedAttributes=${OUTCOME}`, "?attributes=role,state"])
      expect(JSON.stringify(await ask(id, query))).not.toMatch(/labelstudio|converged/);
    for (const name of ["lastError", "nothing"])
      expect(await ask(id, `?attributes=${OUTCOME}:${name}`)).toEqual({ schemas: [USER], id });
    expect(await ask(id, `?excludedAttributes=${OUTCOME}`)).toEqual(await ask(id, ""));
    expect(JSON.stringify((await t.scim("GET", "/Users")).body)).not.toContain("labelstudio");
  });
});

describe("filters", () => {
  test("who is failing, held, pending; by role and account", async () => {
    await start();
    const refused = await add("refused@acme.example");
    await t.settled();
    refuse("refused@acme.example");
    const owner = await add("olivia.winter@acme.example");
    await join("LS Annotators", refused, owner);
    await t.settled();
    await join("LS Reviewers", await add("fine@acme.example"));
    await t.settled();
    const userId = t.sandbox.member("fine@acme.example")?.userId;
    const [fine, failing, held] = ["fine@acme.example", "refused@acme.example", "olivia.winter@acme.example"];
    for (const [filter, expected] of [
      [`${OUTCOME}:state eq "failing"`, [failing]],
      [`${OUTCOME.toUpperCase()}:STATE eq "Held"`, [held]],
      [`${OUTCOME}:state ne "converged"`, [failing, held]],
      [`${OUTCOME}:role eq "re" and active eq true`, [fine]],
      [`${OUTCOME}:lastError pr`, [failing]],
      [`not (${OUTCOME}:lastError co "Not this one")`, [held, fine]],
      [`${OUTCOME}:userId eq ${userId}`, [fine]],
      [`${OUTCOME}:changedAt gt "2020-01-01T00:00:00Z" and ${OUTCOME}:role eq "OW"`, [held]],
      [`${OUTCOME}:state eq "pending"`, []],
    ] as const)
      expect([filter, await named(filter)]).toEqual([filter, expected]);
    t.sandbox.inject({ kind: "status", status: 503 }, { times: 1_000 });
    await t.scim("PATCH", `/Users/${refused}`, patch({ op: "add", path: "title", value: "x" }));
    expect(await named(`${OUTCOME}:state eq "pending"`)).toEqual([failing]);
    const sorted = await t.scim("GET", `/Users?sortBy=${OUTCOME}:role&sortOrder=descending&attributes=userName`);
    expect((sorted.body["Resources"] as object[]).map((each) => (each as { userName: string }).userName)).toEqual([
      fine,
      held,
      failing,
    ]);
  });

  test("a slip in a name is refused, lest it reads as nobody", async () => {
    await start();
    await add(ADA);
    for (const filter of [`${OUTCOME}:status eq "failing"`, `${OUTCOME} eq "failing"`, `${OUTCOME}:userId eq "7"`])
      expect(await named(filter)).toMatchObject({ status: "400", scimType: "invalidFilter" });
    const everywhere = { schemas: [SEARCH], filter: `${OUTCOME}:state pr` };
    expect((await t.scim("POST", "/.search", everywhere)).body).toMatchObject({ totalResults: 1 });
  });
});
