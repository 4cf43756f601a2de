// `npm run bench`: the built program with full durability against the same answers from a bare Express and a bare node:http,
// interleaved in one run. Absolute times vary with the machine; the ratios of server CPU per request are what counts.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { request } from "undici";
import { fill, groupId, userId, userName, type Size } from "./fill.js";
import { fire, type Figures, type Shot } from "./load.js";
import type { Answers } from "./peers.js";
import { spawnServer, type Server } from "./server.js";

const TOKEN = "bench-token-of-the-loopback";
const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);
/** IdPs push over several at once; one alone shares no commit. */
const CONNECTIONS = Number(process.env["BENCH_CONNECTIONS"] ?? 10);
const SIZE: Size = { users: 10_000, groups: [10, 1_000, 10_000, 50_000] };

interface Case {
  readonly name: string;
  readonly count: number;
  readonly most: number;
  readonly shot: (index: number) => Shot;
  /** What is written differs each time, so the yardsticks answer it with one answer for all. */
  readonly sample?: Shot;
}

let created = 0;
const newUser = (): string => {
  const name = `new-${process.pid}-${created++}@acme.example`;
  return JSON.stringify({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: name,
    externalId: name,
    name: { givenName: "New", familyName: "Person" },
    emails: [{ value: name, type: "work", primary: true }],
    active: true,
  });
};
const membersPatch = (op: string, id: string): string =>
  JSON.stringify({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: [{ op, path: "members", value: [{ value: id }] }],
  });
const member = (group: number, index: number): Shot => ({
  method: "PATCH",
  path: `/scim/v2/Groups/${groupId(group)}`,
  body: membersPatch(index % 2 === 0 ? "Remove" : "Add", userId(1)),
});
const filter = (text: string): string => `/scim/v2/Users?filter=${encodeURIComponent(text)}`;
const someone = (index: number): number => (index * 7919) % SIZE.users;

const CASES: readonly Case[] = [
  {
    name: "GET user by id",
    count: 3_000,
    most: 2.2,
    shot: (i) => ({ method: "GET", path: `/scim/v2/Users/${userId(someone(i))}` }),
  },
  {
    name: "filter userName eq",
    count: 3_000,
    most: 2.2,
    shot: (i) => ({ method: "GET", path: filter(`userName eq "${userName(someone(i))}"`) }),
  },
  {
    name: "POST /Users (durable)",
    count: 1_500,
    most: 3.5,
    shot: () => ({ method: "POST", path: "/scim/v2/Users", body: newUser() }),
  },
  ...SIZE.groups.map((size, index): Case => ({
    name: `PATCH ±1 member of ${size} (durable)`,
    count: 2_000,
    most: 3.5,
    shot: (i) => member(index, i),
  })),
  {
    name: "list of 100 users",
    count: 400,
    most: 1.5,
    shot: (i) => ({ method: "GET", path: `/scim/v2/Users?startIndex=${1 + (i % 90) * 100}&count=100` }),
  },
  {
    name: "GET group of 1000",
    count: 300,
    most: 1.5,
    shot: () => ({ method: "GET", path: `/scim/v2/Groups/${groupId(1)}` }),
  },
  ...SIZE.groups.map((size, index): Case => ({
    name: `GET group of ${size} without members`,
    count: 2_000,
    most: 2.2,
    shot: () => ({ method: "GET", path: `/scim/v2/Groups/${groupId(index)}?excludedAttributes=members` }),
  })),
];

function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PORT: "0",
    DATABASE_URL: `sqlite:${database}`,
    // Nobody listens there: what is measured is SCIM, not the loop behind it.
    LABEL_STUDIO_URL: "http://127.0.0.1:9",
    LABEL_STUDIO_API_KEY: "none",
    SCIM_BEARER_TOKEN: TOKEN,
    LOG_LEVEL: "info",
  };
}

async function measure(ours: Server): Promise<void> {
  const answers = JSON.stringify(await sampleAnswers(ours));
  const peers = await Promise.all(["express", "http"].map((kind) => peer(kind, answers)));
  const [bareExpress, bareHttp] = peers as [Server, Server];
  console.log(`${"".padEnd(42)}ours: req/s   p50    p99   CPU ms | ÷ Express (most) | ÷ http`);
  let failed = 0;
  for (const each of CASES) failed += await compare(each, ours, bareExpress, bareHttp);
  for (const connections of [10]) await throughput(ours, connections);
  console.log(
    `RSS: ours ${ours.rssMb().toFixed(0)} MB, Express ${bareExpress.rssMb().toFixed(0)} MB, http ${bareHttp.rssMb().toFixed(0)} MB`,
  );
  await Promise.all(peers.map((server) => server.stop()));
  process.exitCode = failed > 0 ? 1 : 0;
}

async function compare(each: Case, ours: Server, bareExpress: Server, bareHttp: Server): Promise<number> {
  const rounds: { ours: Figures; toExpress: number; toHttp: number }[] = [];
  for (let round = 0; round < ROUNDS + 1; round++) {
    const a = await fire(ours, TOKEN, CONNECTIONS, each.count, each.shot);
    const b = await fire(bareExpress, TOKEN, CONNECTIONS, each.count, each.shot);
    const c = await fire(bareHttp, TOKEN, CONNECTIONS, each.count, each.shot);
    // The first round warms all three up.
    if (round > 0) rounds.push({ ours: a, toExpress: a.cpuMs / b.cpuMs, toHttp: a.cpuMs / c.cpuMs });
  }
  const figure = (of: (round: (typeof rounds)[number]) => number): number => median(rounds.map(of));
  const ratio = figure((round) => round.toExpress);
  const ok = ratio <= each.most;
  console.log(
    `${ok ? "  " : "✗ "}${each.name.padEnd(40)}` +
      `${figure((r) => r.ours.perSecond)
        .toFixed(0)
        .padStart(11)} ${figure((r) => r.ours.p50Ms)
        .toFixed(2)
        .padStart(6)} ` +
      `${figure((r) => r.ours.p99Ms)
        .toFixed(2)
        .padStart(6)} ${figure((r) => r.ours.cpuMs)
        .toFixed(3)
        .padStart(8)} | ` +
      `${ratio.toFixed(2).padStart(6)} (${each.most})     | ${figure((r) => r.toHttp).toFixed(1)}`,
  );
  return ok ? 0 : 1;
}

async function throughput(ours: Server, connections: number): Promise<void> {
  for (const name of [
    "filter userName eq",
    "POST /Users (durable)",
    "PATCH ±1 member of 1000 (durable)",
    "list of 100 users",
  ]) {
    const each = CASES.find((known) => known.name === name);
    if (!each) throw new Error(name);
    const { perSecond, p99Ms } = await fire(ours, TOKEN, connections, each.count * 2, each.shot);
    console.log(`  ${connections} connections, ${name}: ${perSecond.toFixed(0)} req/s, p99 ${p99Ms.toFixed(1)} ms`);
  }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

const peer = (kind: string, answers: string): Promise<Server> =>
  spawnServer(
    ["--import", "tsx", fileURLToPath(new URL("./peers.ts", import.meta.url)), kind],
    process.env,
    (line) => (/^listening (\d+)/.exec(line) ? `http://127.0.0.1:${/\d+/.exec(line)?.[0]}` : undefined),
    answers,
  );

/** What the bridge answers, for the yardsticks to answer it too. */
async function sampleAnswers(ours: Server): Promise<Answers> {
  const answers: Record<string, Answers[string]> = {};
  for (const each of CASES)
    for (let index = 0; index < Math.min(each.count, 3_000); index++) {
      const shot = each.shot(index);
      const key = shot.method === "GET" ? `GET ${shot.path}` : `${shot.method} *`;
      if (key in answers) continue;
      answers[key] = await answerOf(ours, shot);
    }
  return answers;
}

async function answerOf(ours: Server, { method, path, body }: Shot): Promise<Answers[string]> {
  const answer = await request(ours.url + path, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/scim+json" },
    body: body ?? null,
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${text}`);
  const kept = Object.entries(answer.headers).filter(([name]) =>
    ["content-type", "etag", "location", "x-request-id"].includes(name),
  );
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    body: text === "" ? null : (JSON.parse(text) as unknown),
  };
}

const folder = await mkdtemp(join(tmpdir(), "scim-bench-"));
const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const database = join(folder, "bridge.db");
await fill(database, SIZE);
const bridge = await spawnServer([main, "serve"], environment(), (line) =>
  line.includes('"listening"') ? (JSON.parse(line) as { url: string }).url : undefined,
);
try {
  await measure(bridge);
} finally {
  await bridge.stop();
  await rm(folder, { recursive: true, force: true });
}
