// Who may import whom, each rule with its reason. Rooms are the folders of src; see src/README.md for the picture.

/** A room may import itself, errors, and what is listed; `lib` are packages. */
const room = (name, allowed, lib, reason) => [
  {
    name: `${name}-rooms`,
    comment: reason,
    severity: "error",
    from: { path: `^src/${name}/` },
    to: { path: "^src/", pathNot: [`^src/${name}/`, "^src/errors\\.ts$", ...allowed] },
  },
  {
    name: `${name}-packages`,
    comment: reason,
    severity: "error",
    from: { path: `^src/${name}/` },
    to: { dependencyTypes: ["npm", "npm-dev", "npm-no-pkg", "core"], pathNot: lib.length > 0 ? lib : ["^$"] },
  },
];

const dir = (name) => `^src/${name}/`;
const ports = "^src/ports\\.ts$";
const shown = "^src/(visible|spreadsheet)\\.ts$";
const personal = "^src/personal\\.ts$";
const events = "^src/events\\.ts$";
const npm = (name) => `node_modules/${name}/`;
const crypto = "^(node:)?crypto$";

module.exports = {
  forbidden: [
    ...room("directory", [], [], "The nouns of the IdP side are pure data: they depend on nothing."),
    ...room("membership", [], [], "The nouns of the Label Studio side are pure data: they depend on nothing."),
    ...room(
      "mapping",
      [dir("directory"), dir("membership"), "^src/durations\\.ts$"],
      [npm("yaml"), npm("zod"), crypto],
      "Text in, data out: no clock, file, socket or environment; crypto only digests.",
    ),
    ...room("plan", [dir("membership"), dir("mapping")], [], "A plan is a pure function: what it sees is handed in."),
    ...room(
      "foresight",
      [dir("directory"), dir("membership"), dir("mapping"), dir("plan"), ports],
      [crypto],
      "What would be done is worked out from the store: this room reaches neither Label Studio nor the loop.",
    ),
    ...room(
      "reconcile",
      [dir("directory"), dir("membership"), dir("mapping"), dir("plan"), dir("foresight"), ports, events],
      [],
      "The loop reaches store and Label Studio through ports only, so that both can be swapped and tested.",
    ),
    ...room(
      "store",
      [dir("directory"), dir("membership"), ports, personal],
      [npm("kysely"), npm("@photostructure/sqlite"), npm("pg"), npm("@types/pg"), "^(node:)?(path|url|fs/promises)$"],
      "Only the store speaks SQL, and it speaks nothing else.",
    ),
    ...room(
      "label-studio",
      [dir("membership"), dir("plan"), ports, events],
      [npm("undici"), "^(node:)?(timers/promises|stream|buffer|events|perf_hooks|crypto|net|zlib)$"],
      "Only this room speaks Label Studio's API; it knows operations, not why they are wanted.",
    ),
    ...room(
      "scim",
      [dir("directory"), ports, events],
      [npm("scimmy"), npm("express"), "^(node:)?(buffer|crypto|http|util)$"],
      "A SCIM request never waits for Label Studio: this room cannot reach it nor the loop.",
    ),
    ...room(
      "audit",
      [ports, personal, "^src/(durations|spreadsheet)\\.ts$"],
      [crypto],
      "The chain is made and verified over the Store port; what it proves depends on nothing else.",
    ),
    ...room(
      "webhook",
      [ports, events],
      [npm("undici"), crypto, "^(node:)?util$"],
      "What needs attention is told over the ports: this room reaches neither Label Studio nor the loop.",
    ),
    ...room(
      "access",
      [ports, events, "^src/durations\\.ts$"],
      [npm("jose"), npm("express"), "^(node:)?(crypto|util)$"],
      "Who may come in is told from credentials alone: this room sees neither the directory nor what is asked for.",
    ),
    ...room(
      "operator",
      [dir("access"), dir("directory"), dir("mapping"), dir("plan"), dir("foresight"), ports],
      ["^(node:)?timers/promises$"],
      "Operators decide over the ports; what somebody's role should be is the mapping's to say.",
    ),
    ...room(
      "admin",
      [...["access", "directory", "membership", "mapping", "operator", "audit"].map(dir), ports, shown],
      [npm("express"), npm("helmet"), crypto, "^(node:)?(events|url)$"],
      "Operators read and decide; the admin room can neither reach Label Studio nor the loop.",
    ),
    ...room(
      "telemetry",
      [ports, events],
      [npm("pino"), npm("pino-pretty"), npm("prom-client"), npm("@opentelemetry/[a-z-]+"), "^(node:)?(crypto|tty)$"],
      "Telemetry sees events, which carry no secrets.",
    ),
    ...room(
      "sandbox",
      [dir("membership")],
      [npm("zod"), "^(node:)?(http|crypto|net|events|timers/promises)$"],
      "The emulator shares nouns with the bridge and nothing else, or it would prove itself.",
    ),
    {
      name: "cli-rooms",
      comment: "Commands ask the bridge; they never talk to Label Studio or the loop themselves.",
      severity: "error",
      from: { path: "^src/cli/" },
      to: { path: ["^src/label-studio/", "^src/reconcile/", "^src/store/", "^src/scim/"] },
    },
    {
      name: "sandbox-for-demo-and-tests",
      comment: "The emulator must not reach a real deployment by another way than serve --sandbox.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/sandbox/", "^src/cli/sandbox\\.ts$"] },
      to: { path: "^src/sandbox/" },
    },
    {
      name: "bridge-from-the-edge",
      comment: "The composition root knows everything, so nothing but the process edge may know it.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/cli/", "^src/(main|bridge|beside)\\.ts$", "^src/bridge/"] },
      to: { path: "^src/((bridge|beside)\\.ts$|bridge/)" },
    },
    {
      name: "one-door",
      comment: "A room is entered by its index.ts.",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: { path: "^src/[^/]+/.+", pathNot: ["^src/$1/", "^src/[^/]+/index\\.ts$"] },
    },
    {
      name: "clock-from-the-root",
      comment: "Time is handed in: only the composition root takes the real clock.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/(bridge|beside)\\.ts$"] },
      to: { path: "^src/clock\\.ts$" },
    },
    {
      name: "no-cycles",
      comment: "Data flows one way.",
      severity: "error",
      from: { path: "^src/" },
      to: { circular: true },
    },
    {
      name: "no-dev-packages",
      comment: "What the product imports is installed with it.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg"] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types"],
    },
  },
};
