// The chapters of docs/commands.md, in their order. A command without one fails test/docs/commands.test.ts: add one here.
import { patch } from "../support/bridge.js";
import type { Chapter } from "./chapter.js";
import { RECORDS } from "./records.js";
import { ANNOTATORS, type World } from "./world.js";

const LEAVER = "annotator12@acme.example";
const deactivate = ({ t, userId }: World, userName: string) =>
  t.scim("PATCH", `/Users/${userId(userName)}`, patch({ op: "replace", path: "active", value: false }));
const settled = ({ t }: World) => t.settled(60_000);

/** One that has the time of this machine, which doctor compares. */
const ASKED = { LABEL_STUDIO_URL: "<labelStudio>" };
const OF_ITS_OWN = {
  scim: [
    ["Administrator", "LS Admins"],
    ["Annotator", "Labelling Team"],
  ],
  saml: [],
} as const;

export const CHAPTERS: readonly Chapter[] = [
  {
    command: "serve",
    about:
      "Runs the bridge until SIGTERM or SIGINT; SIGHUP reads the mapping again, which a changed file also does by itself. One JSON line an event on " +
      "standard output. What is wrong with the settings or the mapping is told all at once, and nothing starts.",
    steps: [
      { start: true },
      {
        run: "serve",
        environment: { LABEL_STUDIO_URL: "", SCIM_BEARER_TOKEN: "", PORT: "http", RECONCILE_INTERVAL: "often" },
      },
    ],
  },
  {
    command: "check",
    about:
      "A mapping file: its problems with line and column, and what is doubtful in it. Without a file it looks at `MAPPING_FILE`.",
    steps: [
      { run: "check mapping.yaml" },
      { then: ({ write }) => write("wrong.yaml", "version: 1\nrolse: {}\nsafety: { massChange: { share: 200% } }\n") },
      { run: "check wrong.yaml" },
      { run: "check mapping.yaml --json" },
    ],
  },
  {
    command: "doctor",
    about:
      "Everything that a first connection to a real organisation depends on. It asks Label Studio, and writes nothing.",
    steps: [
      { run: "doctor", environment: ASKED },
      { say: "What would undo the bridge's work is a problem:" },
      { then: ({ labelStudio }) => Promise.resolve(labelStudio.set({ roleGroups: OF_ITS_OWN })) },
      { run: "doctor", environment: ASKED },
      { say: "So is a key that Label Studio refuses:" },
      { run: "doctor", environment: { ...ASKED, LABEL_STUDIO_API_KEY: "not-a-key" } },
    ],
  },
  {
    command: "import-lse",
    about:
      "What Label Studio's own SCIM and SAML settings give roles by, as a mapping file on standard output. See [migrating](migrating.md).",
    steps: [
      { run: "import-lse", environment: ASKED },
      { then: ({ labelStudio }) => Promise.resolve(labelStudio.set({ roleGroups: { scim: [], saml: [] } })) },
      { run: "import-lse", environment: ASKED },
    ],
  },
  {
    command: "status",
    about:
      "How many people are in which state; everybody is in exactly one. `--people` names who is held or failing, and why.",
    steps: [{ run: "status" }, { run: "status --people" }, { run: "status --json" }],
  },
  {
    command: "plan",
    about:
      "What would be done for everybody known, under the mapping in force or another; nothing is written. HELD is what a protection or a limit would stop. " +
      "The digest stands for exactly these changes.",
    steps: [
      { run: "plan" },
      {
        then: async ({ read, write }) =>
          write(
            "stricter.yaml",
            `${await read("mapping.yaml")}    - { user: { attribute: userName, equals: "annotator03@acme.example" }, role: MA }\n`,
          ),
      },
      { run: "plan --mapping stricter.yaml" },
      { run: "plan --mapping wrong.yaml" },
    ],
  },
  {
    command: "reconcile",
    about:
      "Looks at everybody now. With `--expect` it carries out exactly the plan of that digest, also what a limit would hold of it; another plan is refused.",
    steps: [
      { run: "reconcile" },
      { say: "While the bridge is paused, Rina moves from one group to another:" },
      {
        then: async (world) => {
          await settled(world);
          await world.t.admin("POST", "/pause", {});
          await world.move("rina.engel@acme.example", "LS Reviewers", "LS Annotators");
        },
      },
      { run: "plan" },
      { run: "reconcile --expect 0123456789abcdef" },
      { run: "reconcile --expect <digest>" },
      {
        then: async (world) => {
          await world.t.admin("POST", "/resume", {});
          await settled(world);
          await world.move("rina.engel@acme.example", "LS Annotators", "LS Reviewers");
          // Longer than what is counted together.
          await world.t.clock.advance(3_700_000);
          await settled(world);
        },
      },
    ],
  },
  {
    command: "explain",
    about:
      "Why somebody has their role: groups, rules, what was observed, and what was sent and answered. Or which rules name a group.",
    steps: [
      { run: "explain annotator07@acme.example" },
      { say: "An Owner is never changed:" },
      { then: ({ add }) => add("olivia.winter@acme.example", "LS Annotators") },
      { run: "explain olivia.winter@acme.example" },
      { run: 'explain "LS Reviewers"' },
      { run: "explain nobody@acme.example" },
    ],
  },
  {
    command: "holds list",
    about:
      "What waits for a decision because it was too much at once, leavers first; `protected` is held by a rule and cannot be approved. Plain `holds` does the same.",
    steps: [
      { run: "holds list" },
      { say: "Somebody empties the group LS Annotators:" },
      { then: ({ remove }) => remove("LS Annotators", ...ANNOTATORS) },
      { run: "holds list" },
    ],
  },
  {
    command: "holds approve",
    about: "Lets held changes go: of people by name, of one origin, or all. By name also what was rejected before.",
    steps: [
      { run: "holds approve" },
      { run: "holds approve annotator01@acme.example annotator02@acme.example" },
      { run: "holds approve nobody@acme.example" },
      { then: settled },
    ],
  },
  {
    command: "holds reject",
    about: "Leaves these people as they are, until the identity provider or the mapping changes them.",
    steps: [{ run: "holds reject --all" }, { then: settled }, { run: "holds reject --all" }],
  },
  {
    command: "drift",
    about:
      "Whose role was changed at Label Studio itself and is left so. What is to be put back: [drift](../mappings/README.md#drift).",
    steps: [
      { run: "drift" },
      { say: "An hour after somebody has made Rina a Manager there:" },
      {
        then: async (world) => {
          world.t.sandbox.setRole("rina.engel@acme.example", "MA");
          await world.t.clock.advance(3_600_000);
          await settled(world);
        },
      },
      { run: "drift" },
      { then: (world) => world.move("rina.engel@acme.example", "LS Reviewers", "LS Managers") },
    ],
  },
  {
    command: "seats",
    about:
      "Licensed seats: how many are in use, who waits for one, and how often they changed hands. Exit code 4 while somebody waits.",
    steps: [
      { then: ({ t }) => Promise.resolve(t.sandbox.set({ seatLimit: 40 })) },
      { then: ({ t }) => t.clock.advance(61_000) },
      { run: "seats" },
    ],
  },
  {
    command: "members",
    about:
      "Who is in the organisation, as Label Studio itself lists them, filtered by it; a look there, not into the bridge. As table, JSON or CSV.",
    steps: [
      { run: "members --role OW,AD,MA" },
      { run: "members --search annotator --limit 3 --csv" },
      { run: "members --role BOSS" },
    ],
  },
  {
    command: "pause",
    about:
      "Everything is stored and nothing is sent but deactivations; with `--all` not even these. A restart changes nothing about it.",
    steps: [
      { run: "pause" },
      { then: (world) => deactivate(world, LEAVER) },
      { run: "pause --all" },
      { run: "status" },
    ],
  },
  { command: "resume", about: "Sends again.", steps: [{ run: "resume" }, { then: settled }, { run: "resume" }] },
  {
    command: "retry",
    about:
      "Whoever is failing or waits for another try is tried now, for instance after a refusal has been put right at Label Studio.",
    steps: [
      {
        then: async (world) => {
          world.t.sandbox.set({ manualRoleManagement: false });
          await world.add("kim.lee@acme.example", "LS Reviewers");
        },
      },
      { run: "status --people" },
      { then: ({ t }) => Promise.resolve(t.sandbox.set({ manualRoleManagement: true })) },
      { run: "retry" },
      { then: ({ t }) => t.until(async () => (await t.status()).failing === 0) },
      { run: "status" },
    ],
  },
  {
    command: "token list",
    about:
      "Tokens and OAuth clients that are kept in the store: who has one, when it was last used, when it expires. Those in `SCIM_BEARER_TOKEN` are not among them.",
    steps: [{ run: "token list" }],
  },
  {
    command: "token create",
    about:
      "A new one, shown this once. `--kind client` makes an id and a secret for `/oauth/token` instead ([Entra ID](entra.md#how-entra-proves-who-it-is)).",
    steps: [
      { run: "token create --name okta --expires 180d" },
      // They are listed by when they were made.
      { then: ({ t }) => t.clock.advance(60_000) },
      { run: "token create --name entra --kind client" },
      { run: "token list" },
      { run: "token create --name okta --expires soon" },
    ],
  },
  {
    command: "token revoke",
    about: "Refused within two seconds, by every process; what a client has obtained by it too.",
    steps: [{ run: "token revoke okta" }, { run: "token revoke okta" }],
  },
  {
    command: "forget",
    about:
      "Erases what is kept of somebody whom the identity provider has deleted: name, addresses, link. The audit log keeps ids only.",
    steps: [
      { run: `forget ${LEAVER}` },
      {
        then: async (world) => {
          await world.t.scim("DELETE", `/Users/${world.userId(LEAVER)}`);
          await settled(world);
        },
      },
      { run: `forget ${LEAVER}` },
    ],
  },
  ...RECORDS,
];

export const USAGE: Chapter = {
  command: "",
  about:
    "Arguments that are not understood end with exit code 64, a bridge that cannot be asked with 69 and one line that says why.",
  steps: [
    { run: "holds approove" },
    { run: "explain" },
    { run: "status --url http://127.0.0.1:9" },
    { run: "status --token wrong" },
    { run: "status", environment: { ADMIN_TOKEN: "", DATABASE_URL: "sqlite:nowhere/bridge.db" } },
  ],
};
