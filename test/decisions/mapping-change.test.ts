import { afterEach, expect, test } from "@jest/globals";
import { group, MAPPING, trial, user, writes, type Trial } from "../support/bridge.js";

let t: Trial;
afterEach(() => t.close());

const made = async () => {
  await t.settled();
  const calls = writes(t.sandbox.calls);
  t.sandbox.clearCalls();
  return calls;
};
const role = (name: string) => t.sandbox.member(`${name}@acme.example`)?.role;
const three = async () => {
  t = await trial();
  await t.settled();
  const ids: string[] = [];
  for (const name of ["a", "b", "c"]) ids.push((await t.scim("POST", "/Users", user(`${name}@acme.example`))).body.id);
  const [a = "", b = ""] = ids;
  await t.scim("POST", "/Groups", group("LS Annotators", [a, b]));
  await t.scim("POST", "/Groups", group("LS Reviewers", [b]));
  await made();
  expect(["a", "b", "c"].map(role)).toEqual(["AN", "RE", "NO"]);
};

test("the same mapping after a restart: not one write", async () => {
  await three();
  await t.restart();
  expect(await made()).toEqual([]);
});

test("another role, another precedence, another default while the bridge was down: all who differ are changed", async () => {
  await three();
  await t.restart({
    mapping: `
version: 1
roles:
  default: DI
  precedence: [MA, RE]
  rules: [{ group: "ls a*", role: MA }, { group: "LS Reviewers", role: RE }]
`,
  });
  await made();
  expect(["a", "b", "c"].map(role)).toEqual(["MA", "MA", "DI"]);
});

test("no rule left: the default, as a rule has matched before", async () => {
  await three();
  await t.restart({ mapping: "version: 1\n" });
  await made();
  expect(["a", "b", "c"].map(role)).toEqual(["NO", "NO", "NO"]);
});

test("no rule left under keep: nothing", async () => {
  await three();
  await t.restart({ mapping: "version: 1\nroles: { default: keep }\n" });
  expect(await made()).toEqual([]);
});

test("a change of the directory and of the mapping, both while Label Studio was down", async () => {
  await three();
  t.sandbox.inject({ kind: "reset" }, { probability: 1 });
  const { body } = await t.scim("GET", "/Groups?filter=displayName%20eq%20%22LS%20Reviewers%22");
  const [reviewers] = body["Resources"] as { id: string }[];
  await t.scim("DELETE", `/Groups/${reviewers?.id ?? ""}`);
  await t.restart({ mapping: MAPPING.replace("role: AN", "role: MA") });
  t.sandbox.clearFaults();
  await made();
  expect(["a", "b", "c"].map(role)).toEqual(["MA", "MA", "NO"]);
});

test("what somebody changed by hand is put right at the next start where the mapping says so, or is another", async () => {
  await three();
  t.sandbox.setRole("a@acme.example", "AD");
  await t.restart({ mapping: `${MAPPING}drift: enforce\n` });
  await made();
  expect(role("a")).toBe("AN");
  t.sandbox.setRole("a@acme.example", "AD");
  await t.restart();
  await made();
  expect(role("a")).toBe("AN");
});

test("another mapping while the bridge runs is for everybody, and what is too much of it is held", async () => {
  t = await trial({ mapping: MAPPING });
  const ids = [];
  for (let index = 0; index < 12; index++)
    ids.push((await t.scim("POST", "/Users", user(`u${index}@acme.example`))).body.id);
  await t.scim("POST", "/Groups", group("LS Annotators", ids));
  await t.scim("POST", "/Groups", group("LS Leads", ids.slice(0, 2)));
  await t.settled();
  t.sandbox.clearCalls();
  await t.remap(`${MAPPING}    - { group: "LS Leads", role: MA }\n`);
  await t.until(() => t.sandbox.member("u1@acme.example")?.role === "MA");
  expect((await t.settled()).held).toBe(0);
  expect(writes(t.sandbox.calls)).toHaveLength(2);
  await t.remap(MAPPING.replace("LS Annotators", "LS Anotators"));
  await t.until(async () => (await t.settled()).held === 12);
  await t.remap(MAPPING);
  await t.until(async () => (await t.settled()).held === 0);
  expect(t.sandbox.member("u5@acme.example")?.role).toBe("AN");
});
