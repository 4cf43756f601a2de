// `npm run bench`: the built program with full durability against the same answers from a bare Express and a bare node:http,
// interleaved in one run. Absolute times vary with the machine; the ratios of server CPU per request are what counts.
import { fileURLToPath } from "node:url";
import { request } from "undici";
import { CASES, GROUP_SIZES, SIZE, type Case } from "./cases.js";
import { growth } from "./growth.js";
import { fire, type Figures, type Shot } from "./load.js";
import type { Answers } from "./peers.js";
import { spawnBridge, spawnServer, TOKEN, type Server } from "./server.js";

const ROUNDS = Number(process.env["BENCH_ROUNDS"] ?? 5);
/** IdPs push over several at once; one alone shares no commit. */
const CONNECTIONS = Number(process.env["BENCH_CONNECTIONS"] ?? 10);

/** RSS beyond that of a bare Express that has answered the same. */
const MOST_RSS_MB = 100;
/** A group of 50,000 compared with one of 10. */
const MOST_BY_SIZE = 1.2;

async function measure(ours: Server): Promise<void> {
  const answers = JSON.stringify(await sampleAnswers(ours));
  const peers = await Promise.all(["express", "http"].map((kind) => peer(kind, answers)));
  const [bareExpress, bareHttp] = peers as [Server, Server];
  console.log(
    `${CONNECTIONS} connections${"".padEnd(28)}req/s (goal)   p50    p99   CPU ms | ÷ Express (most) | ÷ http`,
  );
  const costs = new Map<string, number>();
  for (const each of CASES) costs.set(each.name, await compare(each, ours, bareExpress, bareHttp));
  for (const name of ["PATCH ±1 member of % (durable)", "GET group of % without members"]) {
    const [small, large] = [GROUP_SIZES[0], GROUP_SIZES.at(-1)].map((size) => costs.get(name.replace("%", `${size}`)));
    const ratio = (large ?? NaN) / (small ?? NaN);
    verdict(ratio <= MOST_BY_SIZE, `${name.replace("%", "50000 ÷ of 10")}: ${ratio.toFixed(2)} (${MOST_BY_SIZE})`);
  }
  const rss = [ours, bareExpress, bareHttp].map((server) => server.rssMb()) as [number, number, number];
  const [mine, theirs, least] = rss.map((mb) => mb.toFixed(0));
  verdict(
    rss[0] <= rss[1] + MOST_RSS_MB,
    `RSS: ours ${mine} MB, Express ${theirs} MB (+${MOST_RSS_MB}), http ${least} MB`,
  );
  await Promise.all(peers.map((server) => server.stop()));
}

function verdict(ok: boolean, line: string): void {
  if (!ok) process.exitCode = 1;
  console.log(`${ok ? "  " : "✗ "}${line}`);
}

/** Answers our CPU milliseconds per request. */
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
  const perSecond = figure((r) => r.ours.perSecond);
  const cpuMs = figure((r) => r.ours.cpuMs);
  const cells = [
    each.name.padEnd(38),
    perSecond.toFixed(0).padStart(6),
    (each.goal ? `(${each.goal})` : "").padEnd(6),
    figure((r) => r.ours.p50Ms)
      .toFixed(2)
      .padStart(6),
    figure((r) => r.ours.p99Ms)
      .toFixed(2)
      .padStart(6),
    cpuMs.toFixed(3).padStart(8),
    `| ${ratio.toFixed(2).padStart(6)} (${each.most})`.padEnd(20),
    `| ${figure((r) => r.toHttp).toFixed(1)}`,
  ];
  verdict(ratio <= each.most && perSecond >= (each.goal ?? 0), cells.join(" "));
  return cpuMs;
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

const ours = await spawnBridge(SIZE);
try {
  await measure(ours);
} finally {
  await ours.stop();
}
await growth(CONNECTIONS);
