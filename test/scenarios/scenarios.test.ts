import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { insteadOf, planOf, type Scenario } from "./scenario.js";

const FOLDER = new URL(".", import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith(".yaml"));

describe.each(files)("%s", (file) => {
  const scenarios = parse(readFileSync(new URL(file, FOLDER), "utf8")) as readonly Scenario[];
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))("%s", (_name, scenario) => {
    const plan = planOf(scenario);
    const meanwhile = insteadOf(scenario);
    scenario.people.forEach(({ who, becomes = "", instead }, at) => {
      // Who works already is asked about by nobody.
      if (becomes.includes("seats") || becomes.includes("until then"))
        expect([who, meanwhile[at]]).toEqual([who, instead ?? ""]);
      const [change = "", held] = becomes.split(", held: ");
      const [changed = "", reason] = (plan[at] ?? "").split(", held: ");
      expect([who, changed, reason !== undefined]).toEqual([who, change, held !== undefined]);
      if (held !== undefined) expect(reason).toContain(held);
    });
  });
});
