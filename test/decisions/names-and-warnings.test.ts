import { afterEach, expect, test } from "@jest/globals";
import { group, MAPPING, patch, trial, user, writes, type Trial, type TrialOptions } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const start = async (options?: TrialOptions) => {
  t = await trial(options);
  await t.settled();
  t.sandbox.clearCalls();
};
const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const name = (givenName: string, familyName: string) => ({ name: { givenName, familyName } });
const add = async (email: string, more = {}) => (await t.scim("POST", "/Users", user(email, more))).body.id;
const put = (id: string, values: Record<string, unknown>) =>
  t.scim("PATCH", `/Users/${id}`, patch({ op: "replace", value: values }));
const MARA = "mara.novak@acme.example";
const ADA = "ada@acme.example";

test("names are never sent at adoption nor as drift, only when the IdP changes them", async () => {
  await start();
  const id = await add(MARA, name("Marusha", "N."));
  expect(await made()).toEqual([]);
  await t.restart();
  expect(await made()).toEqual([]);
  await put(id, name("Maria", "N."));
  expect(await made()).toEqual([expect.stringMatching(/^PATCH \/api\/users\/\d+\/ .*"Maria","last_name":"N."/)]);
  expect(t.sandbox.member(MARA)).toMatchObject({ firstName: "Maria", lastName: "N.", role: "MA" });
  await t.restart();
  expect(await made()).toEqual([]);
});

test("names that differ upstream after a change of role stay", async () => {
  await start();
  const id = await add(MARA, name("Marusha", "N."));
  await t.scim("POST", "/Groups", group("LS Reviewers", [id]));
  await made();
  expect(t.sandbox.member(MARA)).toMatchObject({ firstName: "Mara", role: "RE" });
});

test("a name changed while inactive is sent at the reactivation, and not before", async () => {
  await start();
  const id = await add(ADA, name("Ada", "L"));
  await made();
  await put(id, { active: false });
  await made();
  await put(id, name("Augusta", "L"));
  expect(await made()).toEqual([]);
  await put(id, { active: true });
  await made();
  expect(t.sandbox.member(ADA)).toMatchObject({ firstName: "Augusta", role: "NO" });
});

test("a name whose answer was lost is sent again", async () => {
  await start();
  const id = await add(ADA, name("Ada", "L"));
  await made();
  t.sandbox.inject({ kind: "reset" }, { method: "PATCH" });
  await put(id, name("Augusta", "L"));
  await made();
  expect(t.sandbox.member(ADA)).toMatchObject({ firstName: "Augusta" });
});

test("the e-mail changed at the IdP: a warning on a converged person, role and DI still follow", async () => {
  await start();
  const id = await add(ADA);
  await made();
  await put(id, { userName: "new@acme.example", emails: [{ value: "new@acme.example", primary: true }] });
  expect(await made()).toEqual([]);
  expect(await t.status()).toMatchObject({ converged: 1, warnings: 1, failing: 0 });
  await t.scim("POST", "/Groups", group("LS Annotators", [id]));
  await made();
  expect([t.sandbox.member(ADA)?.role, t.sandbox.member("new@acme.example")]).toEqual(["AN", undefined]);
  await put(id, { active: false });
  await made();
  expect(t.sandbox.member(ADA)?.role).toBe("DI");
});

test("the e-mail changed at Label Studio: the same, and never a second account", async () => {
  await start();
  const id = await add(ADA);
  await made();
  t.sandbox.changeEmail(ADA, "lovelace@acme.example");
  await t.restart();
  expect(await made()).toEqual([]);
  expect(await t.status()).toMatchObject({ converged: 1, warnings: 1 });
  await t.scim("POST", "/Groups", group("LS Annotators", [id]));
  await made();
  expect([t.sandbox.member("lovelace@acme.example")?.role, t.sandbox.member(ADA)]).toEqual(["AN", undefined]);
  await put(id, { userName: "lovelace@acme.example", emails: [{ value: "Lovelace@acme.example", primary: true }] });
  await made();
  expect(await t.status()).toMatchObject({ converged: 1, warnings: 0 });
});

test("what will go wrong later is said at once: manual role management is off", async () => {
  await start({ sandbox: { manualRoleManagement: false } });
  expect((await t.status()).labelStudio.warnings).toEqual([expect.stringMatching(/manual_role_management/)]);
});

test("everybody is in exactly one state, at every moment", async () => {
  const seed = [
    { email: "owner@acme.example", role: "OW" },
    { email: "key@acme.example", role: "AD" },
    { email: "flex@acme.example", role: "AN", userType: "flex" },
  ];
  await start({ sandbox: { seed, seatLimit: 4, billing: "absent" } });
  const emails = ["owner@acme.example", "flex@acme.example", ..."abcdefgh"];
  const ids: string[] = [];
  const total = async () => {
    const { converged, pending, held, failing } = await t.status();
    return converged + pending + held + failing;
  };
  for (const email of emails) {
    ids.push(await add(email, email.includes("@") ? {} : { emails: [{ value: `${email}@acme.example` }] }));
    expect(await total()).toBe(ids.length);
  }
  ids.push(await add("twin", { emails: [{ value: "a@acme.example" }] }), await add("nobody", { emails: [] }));
  await t.scim("POST", "/Groups", group("LS Annotators", ids));
  await put(ids[3] ?? "", { active: false });
  for (let n = 0; n < 20; n++) expect(await total()).toBe(ids.length);
  const settled = await t.settled();
  // Held: owner and flex is AN already; failing: no seat for six of seven, the twin, the one without an address.
  expect([settled.held, settled.converged + settled.failing]).toEqual([1, ids.length - 1]);
  await t.restart({ mapping: MAPPING.replace("role: AN", "role: RE") });
  for (let n = 0; n < 20; n++) expect(await total()).toBe(ids.length);
  await t.settled();
  expect(await total()).toBe(ids.length);
});
