// docs/reference.md: settings and metrics, as the code has them.
import { SETTINGS, type Setting } from "../../src/config/settings.js";
import { startTelemetry } from "../../src/telemetry/index.js";
import { formatted } from "./formatted.js";

const OPENING = `# Settings and metrics

Made from the code by \`npm run docs\`; a test compares. The mapping file has [a page of its own](../mappings/README.md), the commands have
[another](commands.md), and so have the [endpoints](endpoints.md).
`;

const SETTINGS_TEXT = `## Settings

From the environment, or from \`.env\` in the working directory, which never overrides the environment. Empty means not set. Every secret can be given as
a file instead, \`<NAME>_FILE\`; white space around its content is dropped. Both at once are a problem. Settings are read once, at the start.
`;

const METRICS_TEXT = `## Metrics

\`GET /metrics\`, in the text format of Prometheus, without a token: it holds no name and no address. Behind a proxy it need not be reachable from
outside. The counts of people come from the database, so each process of several answers the same for them.
`;

export async function referenceDocument(): Promise<string> {
  const parts = [OPENING, SETTINGS_TEXT, settingsTable(), METRICS_TEXT, await metricsTable()];
  return formatted("docs/reference.md", parts.join("\n"));
}

function settingsTable(): string {
  const rows = Object.entries<Setting>(SETTINGS).map(([name, { meaning, default: otherwise, required, secret }]) => {
    const shown = required ? "required" : otherwise === undefined ? "none" : `\`${otherwise}\``;
    const names = secret ? `\`${name}\`, \`${name}_FILE\`` : `\`${name}\``;
    return `| ${names} | ${meaning} | ${shown} |`;
  });
  return ["| variable | meaning | default |", "| --- | --- | --- |", ...rows, ""].join("\n");
}

const NOTHING = {
  stored: undefined,
  pace: { perSecond: 0, limit: 0, waiting: 0 },
  loopSilentSeconds: undefined,
  ready: true,
};

async function metricsTable(): Promise<string> {
  const text = await startTelemetry({ level: "silent" }).metrics(() => Promise.resolve(NOTHING));
  const helps = text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\w+)$/gm);
  const rows = [...helps].map(([, name, help, type]) => `| \`${name}\` | ${type} | ${help} |`);
  return ["| metric | type | meaning |", "| --- | --- | --- |", ...rows, ""].join("\n");
}
