// Sections that come with another mapping.
import { afterEach, expect, test } from "@jest/globals";
import { crews, email, SECTIONS, type Crews } from "../support/crews.js";

let c: Crews;
afterEach(() => c.t.close());

test.each(["while the bridge runs", "at a restart"])("exact takes away what is not its own: %s", async (when) => {
  const without = SECTIONS.slice(0, SECTIONS.indexOf("tags:"));
  c = await crews(3, without);
  await c.put("LS Annotators", c.ids);
  await c.t.settled(10_000);
  c.t.sandbox.joinWorkspace(email(0), "Vision");
  const rules = `  rules:\n    - { group: "Crew Vision", workspace: vision }\n`;
  const mapping = `${without}workspaces:\n  manage: exact\n${rules}`;
  if (when === "at a restart") await c.t.restart({ mapping });
  else await c.t.remap(mapping);
  await c.t.clock.advance(60_000);
  expect(c.workspace("Vision")).toEqual([]);
});
