// `serve --sandbox`: the bridge and an emulated Label Studio in one process, fresh at every start.
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironment, type Environment } from "../config.js";
import { startSandbox, type Sandbox, type SandboxMember } from "../sandbox/index.js";
import { startTelemetry } from "../telemetry/index.js";
import { EXIT, type Io } from "./io.js";
import { refuse, start } from "./serve.js";
import { readSettings } from "./settings.js";

const PERSON = "ada.lovelace@acme.example";
const GROUP = "LS Annotators";

export async function sandbox(io: Io): Promise<number> {
  const given = readEnvironment(io.environment);
  const labelStudio = await startSandbox({});
  const folder = await mkdtemp(join(tmpdir(), "label-studio-scim-bridge-"));
  try {
    const settings = await readSettings(await environmentOf(given, labelStudio, folder));
    if (settings.kind === "problems") return refuse(io, settings.problems);
    const telemetry = startTelemetry({ level: settings.config.logLevel, format: settings.config.logFormat });
    const newId = namedIds();
    const bridge = await start({ ...settings, telemetry, newId: newId.next }, io);
    if (bridge === undefined) return EXIT.configuration;
    introduce(io, `${bridge.url}/scim/v2`, settings.config.scimTokens[0]?.value ?? "", newId.first(PERSON));
    if (settings.config.adminToken !== undefined) io.out(`Page: ${bridge.adminUrl}/admin (log in with ADMIN_TOKEN)`);
    showMembers(io, labelStudio);
    await io.untilStopped();
    await bridge.stop();
    telemetry.flush();
    return EXIT.fine;
  } finally {
    await labelStudio.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function environmentOf(given: Environment, { url, apiKey }: Sandbox, folder: string): Promise<Environment> {
  const port = given["PORT"] ?? String(await freePort(8080));
  return {
    SCIM_BEARER_TOKEN: randomBytes(24).toString("base64url"),
    LOG_LEVEL: "warn",
    ...given,
    PORT: port,
    DATABASE_URL: `sqlite:${join(folder, "bridge.db")}`,
    LABEL_STUDIO_URL: url,
    LABEL_STUDIO_API_KEY: apiKey,
    LABEL_STUDIO_ORGANIZATION_ID: "",
  };
}

/** The wanted port, else 0: any free one. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(0));
    probe.listen(wanted, "127.0.0.1", () => probe.close(() => resolve(wanted)));
  });
}

/** A name's first id can be told beforehand, so that the printed lines can be copied as they are; later ones are random. */
function namedIds() {
  const used = new Set<string>();
  const first = (name: string): string =>
    createHash("sha256")
      .update(name.toLowerCase())
      .digest("hex")
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  return {
    first,
    next: (name: string): string => {
      const id = used.has(name.toLowerCase()) ? randomUUID() : first(name);
      used.add(name.toLowerCase());
      return id;
    },
  };
}

function introduce(io: Io, url: string, token: string, personId: string): void {
  const curl = (method: string, path: string, body: object): string =>
    `curl -s -X ${method} ${url}${path} -H 'Authorization: Bearer ${token}' ` +
    `-H 'Content-Type: application/scim+json' -d '${JSON.stringify(body)}'`;
  const core = "urn:ietf:params:scim:schemas:core:2.0";
  const patch = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
  const user = { schemas: [`${core}:User`], userName: PERSON, name: { givenName: "Ada", familyName: "Lovelace" } };
  const group = { schemas: [`${core}:Group`], displayName: GROUP, members: [{ value: personId }] };
  const off = { schemas: [patch], Operations: [{ op: "replace", path: "active", value: false }] };
  for (const line of [
    "Label Studio here is an emulator; nothing leaves this machine. Stop with Ctrl-C: everything is thrown away.",
    "",
    `SCIM URL: ${url}`,
    `Token: ${token}`,
    "",
    "Copy these into another terminal, one after the other, and watch the member list below.",
    "",
    "# create a user",
    curl("POST", "/Users", user),
    "",
    "# put her into a group that the mapping knows",
    curl("POST", "/Groups", group),
    "",
    "# deactivate her",
    curl("PATCH", `/Users/${personId}`, off),
    "",
  ])
    io.out(line);
}

function showMembers(io: Io, labelStudio: Sandbox): void {
  let before = new Map<string, string>();
  const show = (members: readonly SandboxMember[]): void => {
    const listed = members.filter((member) => !member.deleted);
    const now = new Map(listed.map((member) => [member.email, member.role]));
    if (before.size > 0 && sameEntries(before, now)) return;
    io.out(`Members of the organisation in Label Studio (${listed.length}):`);
    for (const { email, role } of listed) io.out(`  ${role}  ${email}${change(before, email, role)}`);
    io.out("");
    before = now;
  };
  show(labelStudio.members());
  labelStudio.onChange(show);
}

const sameEntries = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean =>
  a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);

function change(before: ReadonlyMap<string, string>, email: string, role: string): string {
  if (before.size === 0) return "";
  const was = before.get(email);
  if (was === undefined) return "   <- new";
  return was === role ? "" : `   <- was ${was}`;
}
