import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cell } from "../../src/admin/page/csv.js";
import { html } from "../../src/admin/page/html.js";
import { ADMIN_TOKEN, group, MAPPING, patch, trial, user, type Trial } from "../support/bridge.js";
import { ask, bearer, visit, type Visit } from "./visit.js";

const NASTY = `<script>alert(1)</script>"'&@acme.example`;
const FORMULA = "=HYPERLINK(1)@acme.example";
const address = (n: number): string => `u${n}@acme.example`;

let t: Trial;
let me: Visit;
let groupId: string;
let ids: readonly string[];
beforeAll(async () => {
  t = await trial();
  const made: string[] = [];
  for (let n = 0; n < 12; n++)
    made.push(
      (await t.scim("POST", "/Users", user(address(n), { name: { givenName: "Jörg", familyName: `No${n}` } }))).body.id,
    );
  ids = made;
  await t.scim("POST", "/Users", user(NASTY));
  await t.scim("POST", "/Users", user(FORMULA));
  groupId = (await t.scim("POST", "/Groups", group("LS <b>Annotators</b>", ids))).body.id;
  // One after the other, so that it is known what has asked for which change.
  await t.settled();
  await t.scim("PUT", `/Groups/${groupId}`, { ...group("LS Annotators", ids) });
  await t.settled();
  me = await visit(t.adminUrl);
});
afterAll(() => t.close());

const found = async (path: string): Promise<readonly string[]> =>
  [...(await me.get(path)).text.matchAll(/href="\/admin\/people\/[^"]+"\s*>([^<]+)<\/a/g)].map(([, name = ""]) => name);

test("text becomes text: a template escapes all that is no template", () => {
  expect(html`<a title="${`"><i>'&`}">${["<b>", html`<b>${1}</b>`, undefined, false]}</a>`.text).toBe(
    `<a title="&quot;&gt;&lt;i&gt;&#39;&amp;">&lt;b&gt;<b>1</b></a>`,
  );
});

test("what turns text around, or does something to a terminal, is shown by its number; lines and other scripts stay", () => {
  expect(html`${"\u202Egro.live@a\u001B[2J\u0007"}`.text).toBe(
    "&lt;U+202E&gt;gro.live@a&lt;U+001B&gt;[2J&lt;U+0007&gt;",
  );
  const text = "version: 1\n\tمرحبا 👩‍🔬 Ärger";
  expect(html`${text}`.text).toBe(text);
});

test("nobody's name becomes part of any page", async () => {
  const [person] = (await t.scim("GET", `/Users?filter=${encodeURIComponent('userName sw "<script"')}`)).body[
    "Resources"
  ] as { id: string }[];
  for (const path of [
    "/people",
    `/people/${person?.id}`,
    "/changes",
    "/changes?of=directory",
    `/people?q=${encodeURIComponent(NASTY)}`,
    `/people?after=${encodeURIComponent("<script>")}`,
    "/explain?of=<script>",
  ]) {
    const { text } = await me.get(`/admin${path}`);
    expect(text).not.toMatch(/<script>|<b>/);
  }
  expect((await me.get(`/admin/people/${person?.id}`)).text).toContain(
    "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;@acme.example",
  );
});

describe("people", () => {
  test("are found by a part of name, address or userName, by group and by state", async () => {
    expect(await found("/admin/people?q=JÖRG+no7")).toEqual([address(7)]);
    expect(await found("/admin/people?q=u11%40")).toEqual([address(11)]);
    expect(await found(`/admin/people?group=${groupId}`)).toHaveLength(12);
    expect(await found("/admin/people?state=failing")).toEqual([]);
    expect((await me.get("/admin/people?q=ls+a")).text).toContain(`/admin/people?group=${groupId}`);
    expect((await me.get("/admin/people?state=nonsense")).status).toBe(400);
  });

  test("are explained from the groups to the answer, with the line of the rule", async () => {
    const { text } = await me.get(`/admin/people/${ids[3]}`);
    for (const part of ["LS Annotators", "mappings/default.yaml:8", "decides", "Last sent", "nothing to do"])
      expect(text).toContain(part);
    expect((await me.get("/admin/explain?of=U3@acme.example")).headers.get("location")).toBe(`/admin/people/${ids[3]}`);
    expect((await me.get("/admin/people/nobody")).status).toBe(404);
    expect((await me.get(`/admin/groups/${groupId}`)).text).toContain("12 members");
  });
});

describe("changes", () => {
  test("one row a change: what, who, from and to, and who had asked for it", async () => {
    const { changes } = JSON.parse(
      (
        await ask(
          `${t.adminUrl}/admin/api/changes?action=member.set-role&status=done&subject=${ids[0]}`,
          bearer(ADMIN_TOKEN),
        )
      ).text,
    ) as { changes: Record<string, unknown>[] };
    expect(changes[0]).toMatchObject({
      ...{ action: "member.set-role", status: "done", subject: ids[0] },
      ...{ cause: expect.any(String), trigger: { actor: "environment-1" } },
    });
    // What the group has overtaken is another row, and not done.
    expect(await found(`/admin/changes?person=${address(4)}&action=member.create-account&status=done`)).toEqual([
      address(4),
    ]);
    expect(await found("/admin/changes?until=2000-01-01T00:00")).toEqual([]);
    expect((await me.get("/admin/changes?of=directory&action=group.create")).text).toContain(
      "LS &lt;b&gt;Annotators&lt;/b&gt;",
    );
  });

  test("as CSV: all of them, and no cell is a formula", async () => {
    const answer = await me.get("/admin/changes.csv?action=member.create-account");
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="?changes\.csv"?$/);
    const lines = answer.text.trimEnd().split("\r\n");
    expect(lines[0]).toBe('"at","action","status","person","id","from","to","cause","by","took_ms","error"');
    expect(lines.length).toBeGreaterThanOrEqual(1 + 14);
    expect(answer.text).toContain(`"'${FORMULA}"`);
    expect(answer.text).toContain('"<script>alert(1)</script>""\'&@acme.example"');
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1"])("%j is text", (value) => {
    expect(cell(value)).toBe(`"'${value}"`);
  });
});

describe("the mapping", () => {
  test("is shown with its lines, and with what is probably not meant", async () => {
    const { text } = await me.get("/admin/mapping");
    expect(text).toContain('<li id="L5" class="doubt">');
    expect(text).toContain("matches no group that the identity provider has pushed");
  });

  test("what if: who would be changed, and nobody is", async () => {
    const answer = await me.submit("/admin/mapping/what-if", {
      text: `${MAPPING.replace('"LS Annotators", role: AN', '"LS Annotators", role: RE')}`,
    });
    expect(answer.text).toMatch(/<strong>12<\/strong> of 14 people/);
    expect(answer.text).toMatch(/digest\s+<code>[0-9a-f]{64}<\/code>/);
    expect(t.sandbox.member(address(0))?.role).toBe("AN");
  });

  test("what if it is not valid: the problems with line and column", async () => {
    const { text } = await me.submit("/admin/mapping/what-if", { text: "version: 1\nrolse: {}\n" });
    expect(text).toMatch(/<code>2:1<\/code>\s+unknown key &quot;rolse&quot;/);
  });
});

test("held: by origin with the numbers, confirmed before decided; a number that has changed is shown again", async () => {
  await t.scim("PATCH", `/Groups/${groupId}`, patch({ op: "remove", path: "members" }));
  await t.until(async () => (await t.status()).held === 12);
  const origin = `group ${groupId}`;
  expect((await me.get("/admin/held")).text).toContain("12 of 12 is 100 %");
  expect(await found(`/admin/held?origin=${encodeURIComponent(origin)}`)).toHaveLength(12);
  const chosen = { decision: "reject", people: ids[5] ?? "", within: origin };
  const some = await me.submit("/admin/held/confirm", chosen);
  expect(some.text).toContain("Reject for 1 person?");
  expect(some.text).toContain(`name="within" value="${origin}"`);
  const other = await me.submit("/admin/held/decide", { ...chosen, within: "group of others", expected: "1" });
  expect(other.headers.get("location")).toBe("/admin/held?done=reject&n=0");
  const rejected = await me.submit("/admin/held/decide", { ...chosen, expected: "1" });
  expect(rejected.headers.get("location")).toBe("/admin/held?done=reject&n=1");
  const confirm = await me.submit("/admin/held/confirm", { decision: "approve", origin });
  expect(confirm.text).toContain("Approve for 11 people?");
  expect((await me.submit("/admin/held/decide", { decision: "approve", origin, expected: "12" })).status).toBe(409);
  const done = await me.submit("/admin/held/decide", { decision: "approve", origin, expected: "11" });
  expect(done.headers.get("location")).toBe("/admin/held?done=approve&n=11");
  await t.until(() => t.sandbox.member(address(0))?.role === "NO");
  expect(t.sandbox.member(address(5))?.role).toBe("AN");
  expect((await me.submit("/admin/held/confirm", { decision: "approve" })).status).toBe(400);
  expect((await me.get("/admin/held")).text).toMatch(/rejected[\s\S]*would get a lower role/);
});

test("the overview counts, also how long leavers have waited", async () => {
  await t.scim("PATCH", `/Users/${ids[1]}`, patch({ op: "replace", path: "active", value: false }));
  await t.until(() => t.sandbox.member(address(1))?.role === "DI");
  await t.restart();
  await t.settled();
  const { text } = await (await visit(t.adminUrl)).get("/admin");
  expect(text).toMatch(/1 person in the last 24 hours/);
  expect(text).toContain('aria-current="page"');
});

test("the overview does not say that changes are sent where none are", async () => {
  const overview = async () => (await (await visit(t.adminUrl)).get("/admin")).text;
  expect(await overview()).toContain("Changes are sent to Label Studio as they come.");
  await t.restart({ environment: { BRIDGE_MODE: "observe" } });
  expect(await overview()).toContain("Nothing is written to Label Studio");
  await t.restart({ environment: {} });
  t.sandbox.revokeKey();
  await t.scim("POST", "/Users", user("later@acme.example"));
  await t.until(async () => (await t.status()).labelStudio.state === "refused");
  expect(await overview()).toContain("Changes wait until Label Studio takes them again.");
  t.sandbox.restoreKey();
  await t.restart();
});

test("the overview warns of a token that ends soon", async () => {
  await t.admin("POST", "/tokens", { name: "ends-soon", expires: "10d" });
  const { text } = await (await visit(t.adminUrl)).get("/admin");
  expect(text).toMatch(/<a href="\/admin\/connect">token ends-soon<\/a>: expiring/);
});

test("connect: what to paste, by PUBLIC_URL", async () => {
  await t.restart({ environment: { PUBLIC_URL: "https://scim.acme.example" } });
  await t.admin("POST", "/tokens", { name: "entra-id", kind: "client" });
  const { text } = await (await visit(t.adminUrl)).get("/admin/connect");
  expect(text).toContain("https://scim.acme.example/scim/v2?aadOptscim062020");
  expect(text).toMatch(
    /client id <code class="copy">entra-id<\/code>, token endpoint\s*<code class="copy">https:\/\/scim.acme.example\/oauth\/token</,
  );
  expect(text).not.toContain("not https");
});

test("tags, workspaces and projects are explained with the line that gives them", async () => {
  t.sandbox.addTag("gold");
  await t.scim("PATCH", `/Groups/${groupId}`, patch({ op: "add", path: "members", value: [{ value: ids[2] }] }));
  await t.restart({ mapping: `${MAPPING}tags: { rules: [{ group: "LS Annotators", tag: gold }] }\n` });
  await t.settled();
  const { text } = await (await visit(t.adminUrl)).get(`/admin/people/${ids[2]}`);
  expect(text).toContain("tag “gold”");
  expect(text).toContain("/admin/mapping#L9");
});
