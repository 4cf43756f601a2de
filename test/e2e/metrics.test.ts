// A real scrape after a day's work: everything exported is documented, and everything that dashboard and alerts ask for is there.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { group, patch, user } from "../support/bridge.js";
import { get, scim, settingsFor, settled, until, workplace, type Workplace } from "../support/program.js";

let here: Workplace;
let sandbox: Sandbox;
let url: string;
let scrape: string;

const at = (name: string): Promise<string> =>
  readFile(new URL(`../../docs/monitoring/${name}`, import.meta.url), "utf8");

beforeAll(async () => {
  here = await workplace();
  sandbox = await startSandbox({ seed: [{ email: "olga@acme.example", role: "OW" }] });
  const program = here.start({ ...settingsFor(sandbox), LABEL_STUDIO_MAX_RPS: "50" }, "serve");
  url = await program.listening();
  const ids: string[] = [];
  for (const name of ["kim", "lee", "olga"])
    ids.push((await scim(url, "POST", "/Users", user(`${name}@acme.example`))).body.id);
  await scim(url, "POST", "/Groups", group("LS Annotators", ids));
  await settled(url);
  sandbox.inject({ kind: "forbidden", detail: "no" }, { method: "PATCH", path: /memberships/ });
  await scim(url, "PATCH", `/Users/${ids[0]}`, patch({ op: "replace", path: "active", value: false }));
  await until(
    () => (sandbox.member("kim@acme.example")?.role === "DI" ? true : undefined),
    () => "kim out",
    15_000,
  );
  await settled(url);
  // Counts may be some seconds old.
  scrape = await until(
    async () => {
      const { text } = await get(`${url}/metrics`);
      return text.includes('scim_bridge_people{state="held"} 1') && text.includes("audit_unchained_seconds 0\n")
        ? text
        : undefined;
    },
    () => "one held, all chained",
    15_000,
  );
});
afterAll(async () => {
  await here.close();
  await sandbox.close();
});

const exported = (): readonly string[] => [...scrape.matchAll(/^# TYPE (\S+)/gm)].map(([, name = ""]) => name);
const namesIn = (text: string): readonly string[] => [...new Set(text.match(/scim_bridge_\w+/g))];
const base = (name: string): string => name.replace(/_(bucket|count|sum)$/, "");

test("what is exported is documented, and nothing else is", async () => {
  const documented = [...(await at("README.md")).matchAll(/^\| `(scim_bridge_\w+)`/gm)].map(([, name]) => name);
  expect([...exported()].sort()).toEqual([...documented].sort());
});

test.each(["grafana-dashboard.json", "alerts.yaml"])("%s asks for what is there", async (name) => {
  const names = namesIn(await at(name)).map(base);
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter((each) => !exported().includes(each))).toEqual([]);
});

test("the alerts are rules as Prometheus reads them, the dashboard has panels with queries", async () => {
  const { groups } = parse(await at("alerts.yaml")) as { groups: { rules: Record<string, unknown>[] }[] };
  for (const rule of groups.flatMap(({ rules }) => rules))
    expect(rule).toMatchObject({
      alert: expect.stringMatching(/^ScimBridge\w+$/),
      expr: expect.any(String),
      for: expect.stringMatching(/^\d+[mh]$/),
      labels: { severity: expect.stringMatching(/^(warning|critical)$/) },
      annotations: { summary: expect.any(String) },
    });
  const { panels } = JSON.parse(await at("grafana-dashboard.json")) as { panels: { targets: { expr: string }[] }[] };
  for (const { targets } of panels) for (const { expr } of targets) expect(expr).toContain("scim_bridge_");
});

test.each([
  /^scim_bridge_people\{state="converged"\} 2$/m,
  /^scim_bridge_held_people\{reason="protected"\} 1$/m,
  /^scim_bridge_deactivation_seconds_count\{operation="deactivate"\} 1$/m,
  /^scim_bridge_operations_failed_total\{operation="deactivate",code="TARGET_REFUSED"\} 1$/m,
  /^scim_bridge_loop_lease 1$/m,
  /^scim_bridge_ready 1$/m,
  /^scim_bridge_upstream_ok 1$/m,
  /^scim_bridge_faults_total\{part="loop"\} 0$/m,
  /^scim_bridge_pace_per_second\{kind="limit"\} 4\d/m,
])("%s", (line) => {
  expect(scrape).toMatch(line);
});

test("no name, no address and no id in a label", () => {
  expect(scrape).not.toMatch(/acme|kim|lee|olga|Annotators|[0-9a-f]{8}-[0-9a-f]{4}-/);
});

test("a scrape between two counts costs no count", async () => {
  const people = async () =>
    /^scim_bridge_people\{state="converged"\} (\d+)$/m.exec((await get(`${url}/metrics`)).text)?.[1];
  const before = await people();
  expect(await Promise.all(Array.from({ length: 20 }, people))).toEqual(Array<string | undefined>(20).fill(before));
});
