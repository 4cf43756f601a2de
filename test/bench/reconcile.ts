// `npm run bench:reconcile`: what reconciling costs Label Studio and how long it takes, with the built program and the
// sandbox in processes of their own. Every figure that the bridge promises is judged.
import { fileURLToPath } from "node:url";
import { request } from "undici";
import { startSandbox, type Sandbox, type SandboxCall } from "../../src/sandbox/index.js";
import { groupId, userId, userName } from "./fill.js";
import { spawnBridge, TOKEN, type Server } from "./server.js";

const PEOPLE = 10_000;
const GROUPS = ["LS Annotators", "LS Reviewers", "LS Managers", "Team North", "Team South"];
const ADMIN_TOKEN = "bench-operator-of-the-loopback";
const mappingFile = (name: string): string => fileURLToPath(new URL(`./${name}.yaml`, import.meta.url));
const LEAVERS = Number(process.env["BENCH_LEAVERS"] ?? 200);

const headers = { authorization: `Bearer ${TOKEN}`, "content-type": "application/scim+json" };

interface Trial {
  readonly sandbox: Sandbox;
  readonly bridge: Server;
}

async function trial(maxRps: number, body: (trial: Trial) => Promise<void>, mapping = "unlimited"): Promise<void> {
  const seed = Array.from({ length: PEOPLE }, (_, index) => ({ email: userName(index), role: "AN" }));
  const sandbox = await startSandbox({ seed, keyOwner: "bridge@acme.example" });
  // Everybody is an annotator already, on both sides.
  const groups = GROUPS.map((displayName, index) => ({ displayName, members: index === 0 ? PEOPLE : 0 }));
  const bridge = await spawnBridge(
    { users: PEOPLE, groups },
    {
      LABEL_STUDIO_URL: sandbox.url,
      LABEL_STUDIO_API_KEY: sandbox.apiKey,
      LABEL_STUDIO_MAX_RPS: `${maxRps}`,
      ADMIN_TOKEN,
      MAPPING_FILE: mappingFile(mapping),
    },
  );
  try {
    await converged(bridge);
    await body({ sandbox, bridge });
  } finally {
    await bridge.stop();
    await sandbox.close();
  }
}

/** Answers the seconds it took. */
async function converged(bridge: Server): Promise<number> {
  const from = performance.now();
  for (;;) {
    const answer = await request(`${bridge.url}/admin/api/status`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    const status = (await answer.body.json()) as { pending: number; converged: number; failing: number; held: number };
    if (status.failing + status.held > 0) throw new Error(`not all converged: ${JSON.stringify(status)}`);
    if (status.pending === 0 && status.converged === PEOPLE) return (performance.now() - from) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function send(bridge: Server, method: "PATCH" | "PUT", path: string, body: unknown): Promise<void> {
  const answer = await request(`${bridge.url}/scim/v2${path}`, { method, headers, body: JSON.stringify(body) });
  await answer.body.dump();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}`);
}

const patch = (...Operations: readonly unknown[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});
const members = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({ value: userId(from + at) }));
const join = (bridge: Server, group: number, from: number, to: number): Promise<void> =>
  send(bridge, "PATCH", `/Groups/${groupId(group)}`, patch({ op: "add", path: "members", value: members(from, to) }));
const leave = (bridge: Server, group: number, from: number, to: number): Promise<void> =>
  send(
    bridge,
    "PATCH",
    `/Groups/${groupId(group)}`,
    patch({ op: "remove", path: "members", value: members(from, to) }),
  );

/** What is not work on people: pages of the member list, reads of Owners, the key. */
const workCalls = ({ calls }: Sandbox): readonly SandboxCall[] => calls.filter(({ method }) => method !== "GET");

function verdict(ok: boolean, what: string, figure: string, promise: string): void {
  if (!ok) process.exitCode = 1;
  console.log(`${ok ? "  " : "✗ "}${what.padEnd(64)} ${figure.padStart(12)}   (${promise})`);
}

await trial(0, async ({ sandbox, bridge }) => {
  verdict(
    workCalls(sandbox).length === 0,
    `first sync of ${PEOPLE} with the right roles: changing calls`,
    `${workCalls(sandbox).length}`,
    "0",
  );
  console.log(`    calls in all: ${sandbox.calls.length}`);
  sandbox.clearCalls();
  await send(bridge, "PUT", `/Groups/${groupId(0)}`, {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    displayName: GROUPS[0],
    members: members(0, PEOPLE),
  });
  await converged(bridge);
  verdict(
    workCalls(sandbox).length === 0,
    "the same pushed again: changing calls",
    `${workCalls(sandbox).length}`,
    "0",
  );
  await Promise.all([1, 2, 3, 4].map((group) => join(bridge, group, 0, 1)));
  await leave(bridge, 2, 0, 1);
  await converged(bridge);
  verdict(
    workCalls(sandbox).length === 1,
    "one person changed in five groups in one burst: changing calls",
    `${workCalls(sandbox).length}`,
    "1",
  );
  await leave(bridge, 1, 0, 1);
  await converged(bridge);
  sandbox.clearCalls();
  await join(bridge, 1, 0, PEOPLE);
  const seconds = await converged(bridge);
  const perSecond = PEOPLE / seconds;
  verdict(
    perSecond >= 1_500,
    `${PEOPLE} role changes without a limit: people/s`,
    perSecond.toFixed(0),
    "at least 1500",
  );
  verdict(
    sandbox.calls.length / PEOPLE <= 1.6,
    "calls per role change",
    (sandbox.calls.length / PEOPLE).toFixed(2),
    "at most 1.6",
  );
});

await trial(200, async ({ sandbox, bridge }) => {
  sandbox.clearCalls();
  await join(bridge, 1, 0, PEOPLE);
  const seconds = await converged(bridge);
  const least = sandbox.calls.length / 200;
  verdict(
    seconds <= 1.05 * least,
    `${PEOPLE} role changes at 200 calls/s: seconds`,
    seconds.toFixed(1),
    `at most 1.05 x ${least.toFixed(1)}`,
  );
});

await trial(
  0,
  async ({ sandbox, bridge }) => {
    sandbox.clearCalls();
    await join(bridge, 4, 0, 1_000);
    await converged(bridge);
    const put = workCalls(sandbox).length;
    const placed = sandbox.workspaces().find(({ title }) => title === "Vision")?.members.length;
    verdict(
      put <= 8 && placed === 1_000,
      "1000 people into one tag and one workspace: changing calls",
      `${put}`,
      "at most 8",
    );
    sandbox.clearCalls();
    await leave(bridge, 4, 0, 1_000);
    await converged(bridge);
    const left = workCalls(sandbox).length;
    verdict(left <= 8, "and out of both again: changing calls", `${left}`, "at most 8");
  },
  "sections",
);

await trial(15, async ({ sandbox, bridge }) => {
  await join(bridge, 1, 0, PEOPLE / 2);
  const waits: number[] = [];
  for (let index = 0; index < LEAVERS; index++) {
    const email = userName(PEOPLE - 1 - index);
    const from = performance.now();
    await send(
      bridge,
      "PATCH",
      `/Users/${userId(PEOPLE - 1 - index)}`,
      patch({ op: "replace", path: "active", value: false }),
    );
    while (sandbox.member(email)?.role !== "DI") await new Promise((resolve) => setTimeout(resolve, 2));
    waits.push(performance.now() - from);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1_000 - (performance.now() - from))));
  }
  waits.sort((a, b) => a - b);
  const p99 = waits[Math.ceil(waits.length * 0.99) - 1] ?? NaN;
  verdict(
    p99 <= 1_000,
    `${LEAVERS} leavers, ${PEOPLE / 2} changes waiting at 15/s: p99 ms`,
    p99.toFixed(0),
    "at most 1000",
  );
  console.log(
    `    p50 ${(waits[waits.length >> 1] ?? NaN).toFixed(0)} ms, longest ${(waits.at(-1) ?? NaN).toFixed(0)} ms`,
  );
});
