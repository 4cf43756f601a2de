import { beforeAll, expect, test } from "@jest/globals";
import type { Environment } from "../../src/config.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { group, patch, user } from "../support/bridge.js";
import {
  ADMIN_TOKEN,
  get,
  scim,
  SCIM_TOKEN,
  settingsFor,
  settled,
  until,
  workplace,
  type Ended,
  type Workplace,
} from "../support/program.js";

/** Nothing of this may be found in the log: addresses, names, titles, ids of the IdP, of people and of groups. */
const PEOPLE = ["Zuleika", "Yolanda", "Xanthippe"] as const;
const FAMILY = "Quartermaine";
const GROUPS = ["LS Annotators", "Secret Project Quetzal"];
const WRONG_TOKEN = "wrong-token-of-somebody";
const OBJECTION = "Zuleika.Quartermaine@Acme.Example (Zuleika Quartermaine) may not join Secret Project Quetzal.";

let here: Workplace;
let sandbox: Sandbox;
const keys: string[] = [];
let url: string;
let run: Ended;
/** The same day once more, told in every detail, with a webhook that nobody takes. */
let detailed: Ended;

const address = (given: string): string => `${given.toLowerCase()}.${FAMILY.toLowerCase()}@acme.example`;
const person = (givenName: string) =>
  user(address(givenName), {
    name: { givenName, familyName: FAMILY },
    displayName: `${givenName} ${FAMILY}`,
    externalId: `hr-${givenName}`,
  });

const WEBHOOK = { WEBHOOK_URL: "http://127.0.0.1:9/path-of-the-hook", WEBHOOK_SECRET: `whsec_${"c2VjcmV0".repeat(6)}` };

beforeAll(async () => {
  run = await aRun({ LOG_LEVEL: "info" });
  detailed = await aRun({ LOG_LEVEL: "debug", ...WEBHOOK });
});

async function aRun(settings: Environment): Promise<Ended> {
  here = await workplace();
  // The key's owner, another Administrator, an Owner: all seats are taken.
  const seed = ["OW", "AD"].map((role) => ({ email: `${role.toLowerCase()}@acme.example`, role }));
  sandbox = await startSandbox({ seed, seatLimit: 3, billing: "absent" });
  const program = here.start({ ...settingsFor(sandbox), ...settings }, "serve");
  url = await program.listening();
  await settled(url);
  await aWholeDay();
  keys.push(sandbox.apiKey);
  const ended = await program.stop();
  await here.close();
  await sandbox.close();
  return ended;
}

async function aWholeDay(): Promise<void> {
  const ids: string[] = [];
  for (const name of PEOPLE) ids.push((await scim(url, "POST", "/Users", person(name))).body.id);
  await settled(url);
  const groupId = (await scim(url, "POST", "/Groups", group(GROUPS[0] ?? "", ids))).body.id;
  await scim(url, "POST", "/Groups", group(GROUPS[1] ?? "", ids));
  expect((await settled(url)).failing).toBe(2);
  await refusedRequests(ids[0] ?? "", groupId);
  await objections();
  await outage(ids[1] ?? "");
  await scim(url, "PATCH", `/Users/${ids[2] ?? ""}`, patch({ op: "replace", path: "active", value: false }));
  await scim(url, "DELETE", `/Users/${ids[1] ?? ""}`);
  await settled(url);
}

/** Everything that an IdP or a stranger can get wrong. */
async function refusedRequests(id: string, groupId: string): Promise<void> {
  const status = async (method: string, path: string, body?: unknown, token?: string): Promise<number> =>
    (await scim(url, method, path, body, token)).status;
  const badPatch = patch({ op: "replace", path: `emails[value eq "${address("Zuleika")}"`, value: FAMILY });
  expect(await status("POST", "/Users", person("Zuleika"))).toBe(409);
  expect(await status("POST", "/Groups", group(GROUPS[0] ?? ""))).toBe(409);
  expect(await status("POST", "/Users", `{"userName": "${address("Zuleika")}`)).toBe(400);
  expect(await status("PATCH", `/Users/${id}`, badPatch)).toBe(400);
  expect(await status("GET", `/Users?filter=${encodeURIComponent(`userName xx "${address("Yolanda")}"`)}`)).toBe(400);
  expect(await status("GET", `/Users?filter=${encodeURIComponent(`userName eq "${address("Yolanda")}"`)}`)).toBe(200);
  expect(await status("GET", `/Users/${address("Zuleika")}`)).toBe(404);
  expect(await status("GET", `/${FAMILY}/${address("Zuleika")}`)).toBe(404);
  expect(await status("GET", "/Users", undefined, WRONG_TOKEN)).toBe(401);
  expect(await status("DELETE", `/Groups/${groupId}`, undefined, ADMIN_TOKEN)).toBe(401);
  expect((await get(`${url}/admin/api/status`, WRONG_TOKEN)).status).toBe(401);
}

/** Label Studio refuses in words of its own, which quote whom they are about. */
async function objections(): Promise<void> {
  const aim = { method: "POST", path: /^\/api\/users\/$/ };
  sandbox.inject({ kind: "invalid", errors: { first_name: [OBJECTION], email: [OBJECTION] } }, aim);
  await scim(url, "POST", "/Users", user("first@acme.example"));
  await settled(url);
  sandbox.inject({ kind: "forbidden", detail: OBJECTION }, aim);
  await scim(url, "POST", "/Users", user("second@acme.example"));
  await settled(url);
}

/** Errors of the server, lost answers, a page of a proxy. */
async function outage(id: string): Promise<void> {
  const faults = [
    { kind: "status", status: 502, html: true },
    { kind: "reset" },
    { kind: "html" },
    { kind: "rate-limited", seconds: 0 },
  ] as const;
  for (const fault of faults) sandbox.inject(fault);
  await scim(url, "PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: false }));
  await until(
    () => (sandbox.member(address("Yolanda"))?.role === "DI" ? true : undefined),
    () => "Yolanda out",
  );
}

test("every line is JSON with time, level and message; nothing on standard error", () => {
  const lines = run.stdout.trim().split("\n");
  expect(lines.length).toBeGreaterThan(20);
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({
      level: expect.stringMatching(/^(info|warn|error)$/),
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      msg: expect.any(String),
    });
  expect(run.stderr).toBe("");
  // Nothing of the end is lost in a buffer.
  expect(run.stdout).toContain('"signal":"SIGTERM","msg":"stopping"');
});

test("what happened is in it", () => {
  for (const message of ["listening", "upstream-checked", "scim-request", "applied", "settled", "upstream-call"])
    expect(run.stdout).toContain(`"msg":"${message}"`);
  for (const status of [201, 204, 400, 401, 404, 409]) expect(run.stdout).toContain(`"status":${status}`);
  // By what and how it was refused; the words themselves may quote people.
  expect(run.stdout).toContain('"reason":"memberships.patch:400');
});

test("no key, no token and no secret, in no detail either", () => {
  const secrets = [...keys, SCIM_TOKEN, ADMIN_TOKEN, WRONG_TOKEN, WEBHOOK.WEBHOOK_SECRET, "path-of-the-hook"];
  for (const secret of secrets) expect(run.stdout + detailed.stdout).not.toContain(secret);
  expect(detailed.stdout).toContain('"level":"debug"');
});

interface Line {
  readonly msg: string;
  readonly requestId?: string;
  readonly method?: string;
  readonly route?: string;
  readonly call?: string;
  readonly cause?: string;
  readonly operation?: string;
}

test("a request can be followed to the call at Label Studio by its id", () => {
  const lines = detailed.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  const asked = lines.filter(
    ({ msg, method, route }) => msg === "scim-request" && method === "PATCH" && route === "/Users/:id",
  );
  const ids = asked.map(({ requestId }) => requestId);
  const called = lines.filter(({ msg, requestId }) => msg === "upstream-call" && ids.includes(requestId));
  expect(called).toContainEqual(expect.objectContaining({ call: "memberships.patch", cause: "user.patch" }));
  const applied = lines.filter(({ msg, requestId }) => msg === "applied" && ids.includes(requestId));
  expect(applied).toContainEqual(expect.objectContaining({ operation: "deactivate", origin: expect.any(String) }));
});

test("for people: a line each, without colours where nobody sees them", async () => {
  const place = await workplace();
  const studio = await startSandbox({});
  const program = place.start({ ...settingsFor(studio), LOG_FORMAT: "pretty" }, "serve");
  await settled(await program.seen(/INFO: listening \{.*"url":"([^"]+)"/));
  const { stdout, code } = await program.stop();
  expect(code).toBe(0);
  expect(stdout).toMatch(/^\[\d\d:\d\d:\d\d\.\d+\] INFO: stopping \{"signal":"SIGTERM"\}$/m);
  expect(stdout).not.toMatch(/\u001b/);
  await place.close();
  await studio.close();
});

const linesWith = (...words: readonly string[]): readonly string[] =>
  run.stdout.split("\n").filter((line) => words.some((word) => line.toLowerCase().includes(word.toLowerCase())));

test("no address", () => {
  expect(linesWith("@", "acme.example", "%40")).toEqual([]);
});

test("no name of a person or of a group, not in Label Studio's words either", () => {
  expect(linesWith(...PEOPLE, FAMILY, ...GROUPS)).toEqual([]);
});
