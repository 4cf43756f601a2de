// Tags, workspaces and projects that Label Studio does not have, refuses, or cannot answer for.
import { afterEach, describe, expect, test } from "@jest/globals";
import { crews, email, SECTIONS, type Crews } from "../support/crews.js";

let c: Crews;
const begin = async (...how: Parameters<typeof crews>): Promise<Crews> => (c = await crews(...how));
afterEach(() => c.t.close());

describe("when Label Studio will not", () => {
  test("an unknown title makes those whom it is about failing, with the way out; their roles and the rest are done", async () => {
    const { ids } = await begin(3, SECTIONS.replace("workspace: vision", "workspace: Vison"));
    await c.put("LS Reviewers", ids);
    await c.put("Crew Vision", ids.slice(0, 1));
    await c.put("Crew Night", ids.slice(0, 1));
    expect(await c.t.settled(10_000)).toMatchObject({ converged: 2, failing: 1 });
    expect(c.t.sandbox.member(email(0))?.role).toBe("RE");
    expect(c.tag("night-shift")).toEqual([email(0)]);
    const { people: failing } = await c.t.admin("GET", "/people?state=failing");
    expect(failing?.[0]).toMatchObject({
      role: "RE",
      reason: expect.stringMatching(
        /workspace "Vison" \(line \d+ of the mapping\) does not exist at Label Studio; correct the name, make it at Label Studio, or set workspaces.create: true/,
      ),
    });
  });

  test.each([
    ["tags", "absent"],
    ["tags", "forbidden"],
    ["workspaces", "absent"],
    ["workspaces", "forbidden"],
    ["projects", "forbidden"],
  ] as const)("%s %s: roles and the other sections are done, and the reason is told", async (section, offer) => {
    const { ids } = await begin(2, SECTIONS, { [section]: offer });
    await c.put("Crew Vision", ids);
    await c.put("Crew Night", ids.slice(0, 1));
    await c.t.settled(10_000);
    const { failing } = await c.t.status();
    expect(failing).toBe(section === "tags" ? 1 : 2);
    if (section !== "tags") expect(c.tag("night-shift")).toEqual([email(0)]);
    if (section !== "workspaces") expect(c.workspace("Vision")).toEqual([email(0), email(1)]);
    if (section !== "projects") expect(c.project(42)?.members).toEqual([email(0), email(1)]);
    expect(c.t.sandbox.member(email(1))?.role).toBe("AN");
  });

  test("a server of 2025 without bulk calls gets the same by single ones", async () => {
    const withoutTags = SECTIONS.slice(0, SECTIONS.indexOf("tags:")) + SECTIONS.slice(SECTIONS.indexOf("workspaces:"));
    const { ids } = await begin(3, withoutTags, { generation: "2025" });
    const vision = (await c.put("Crew Vision", ids)).body.id;
    expect(await c.t.settled(10_000)).toMatchObject({ converged: 3, failing: 0 });
    expect(c.workspace("Vision")).toHaveLength(3);
    expect(Object.keys(c.project(42)?.roles ?? {})).toHaveLength(3);
    await c.take(vision, ids[1]);
    await c.t.settled(10_000);
    expect(c.workspace("Vision")).toEqual([email(0), email(2)]);
    expect(c.project(42)?.members).toEqual([email(0), email(2)]);
  });
});

describe("names", () => {
  test("a rule by id survives a rename; one by title is told as a problem of its section", async () => {
    const { ids } = await begin(1, SECTIONS.replace("project: 42, role: AN", "project: Street scenes"));
    await c.put("Crew Vision", ids);
    await c.t.settled(10_000);
    c.t.sandbox.rename("workspace", 5, "Seeing");
    c.t.sandbox.rename("project", 42, "Roads");
    await c.t.restart();
    await c.t.settled(10_000);
    expect(await c.t.status()).toMatchObject({
      failing: 1,
      sections: [
        { section: "workspaces", problem: expect.stringContaining('workspace "vision" (line ') },
        { section: "projects", problem: expect.stringContaining('project "Street scenes" (line ') },
      ],
    });
    // What the bridge gave under the old name stays: a name that is not known says nothing about whom to take out.
    expect(c.workspace("Seeing")).toEqual([email(0)]);
    await c.t.remap(SECTIONS.replace("workspace: vision", "workspace: 5"));
    await c.t.until(async () => (await c.t.status()).converged === 1);
    expect(await c.t.status()).toMatchObject({ failing: 0, converged: 1, sections: [] });
    expect(c.workspace("Seeing")).toEqual([email(0)]);
  });
});

test("a fault is tried again, and what was given before it is still the bridge's", async () => {
  const { ids } = await begin(2);
  await c.t.settled(10_000);
  c.t.sandbox.inject(
    { kind: "status", status: 503, afterEffect: true },
    { method: "POST", path: /\/workspaces\/5\//, times: 4 },
  );
  const vision = (await c.put("Crew Vision", ids)).body.id;
  await c.t.settled(60_000);
  expect(c.workspace("Vision")).toEqual([email(0), email(1)]);
  await c.take(vision, ids[0]);
  await c.t.settled(10_000);
  expect(c.workspace("Vision")).toEqual([email(1)]);
});
