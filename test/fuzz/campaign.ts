// One campaign: so many hostile requests from one seed against a bridge in this process, one after another, so that what
// has gone wrong is known to be the last one's doing; then some more, many at a time.
import { group, trial, user, type Trial } from "../support/bridge.js";
import { askForAll, askOnce, keptAlive, type Connection, type RawAnswer } from "./connection.js";
import { watchDirectory, type DirectoryView } from "./directory.js";
import { trim, unhealthy } from "./health.js";
import { wrongAnswer, wrongWith } from "./invariants.js";
import { KINDS } from "./kinds/index.js";
import { seeded, type Random } from "../support/random.js";
import { bytesOf, type HostileRequest } from "./request.js";

export interface Findings {
  /** What went wrong, with the request. */
  readonly wrong: readonly string[];
  /** Answers by kind and status. */
  readonly answers: ReadonlyMap<string, number>;
  readonly slowestMs: number;
}

interface Campaign {
  readonly random: Random;
  readonly bridge: Trial;
  readonly port: number;
  readonly look: () => DirectoryView;
  readonly wrong: string[];
  readonly answers: Map<string, number>;
  slowestMs: number;
}

const CHECK_EVERY = 500;
const IN_FLIGHT = 20;
/** Of the requests, those that are sent many at a time. */
const PARALLEL = 0.1;
const MOST_FINDINGS = 20;

export async function campaign(seed: number, requests: number): Promise<Findings> {
  const bridge = await trial();
  const watch = watchDirectory(bridge.databaseUrl);
  const port = Number(new URL(bridge.url).port);
  const run: Campaign = {
    random: seeded(seed),
    bridge,
    port,
    look: watch.look,
    wrong: [],
    answers: new Map(),
    slowestMs: 0,
  };
  const unhandled = (error: unknown): void =>
    void run.wrong.push(`unhandled: ${error instanceof Error ? error.stack : String(error)}`);
  process.on("unhandledRejection", unhandled).on("uncaughtException", unhandled);
  await populate(bridge);
  await oneByOne(run, Math.ceil(requests * (1 - PARALLEL)));
  await manyAtOnce(run, Math.floor(requests * PARALLEL));
  process.off("unhandledRejection", unhandled).off("uncaughtException", unhandled);
  watch.close();
  await bridge.close();
  return run;
}

async function populate(bridge: Trial): Promise<void> {
  const ids: string[] = [];
  for (let at = 0; at < 12; at++) ids.push((await bridge.scim("POST", "/Users", user(`user-${at}@x.example`))).body.id);
  for (const name of ["LS Admins", "LS Reviewers", "Others"]) await bridge.scim("POST", "/Groups", group(name, ids));
}

async function oneByOne(run: Campaign, requests: number): Promise<void> {
  const connection = keptAlive(run.port);
  for (let sent = 1; sent <= requests && run.wrong.length < MOST_FINDINGS; sent++) {
    const before = run.look();
    const request = run.random.pick(KINDS)(run.random, before);
    const startedAt = process.cpuUsage();
    const answers = await send(run, connection, request);
    const { user: own, system } = process.cpuUsage(startedAt);
    const cpuMs = (own + system) / 1_000;
    run.slowestMs = Math.max(run.slowestMs, cpuMs);
    const found = answers && wrongWith({ request, answers, cpuMs, before, after: run.look() });
    run.wrong.push(...(found ?? []).map((each) => told(request, each, answers)));
    if ((sent % CHECK_EVERY === 0 || sent === requests) && !(await isHealthy(run))) break;
  }
  connection.close();
}

/** Who has changed what cannot be told here; the answers can. */
async function manyAtOnce(run: Campaign, requests: number): Promise<void> {
  for (let sent = 0; sent < requests && run.wrong.length < MOST_FINDINGS; sent += IN_FLIGHT) {
    const targets = run.look();
    const batch = Array.from({ length: IN_FLIGHT }, () => run.random.pick(KINDS)(run.random, targets));
    await Promise.all(
      batch.map(async (request) => {
        const answers = await send(run, undefined, request);
        const found = answers?.flatMap((answer) => wrongAnswer(request, answer)) ?? [];
        run.wrong.push(...found.map((each) => told(request, each, answers)));
      }),
    );
    if (sent % CHECK_EVERY < IN_FLIGHT && !(await isHealthy(run))) break;
  }
}

async function isHealthy(run: Campaign): Promise<boolean> {
  const found = [...(await unhealthy(run.bridge, run.look())), ...(await trim(run.bridge, run.look()))];
  run.wrong.push(...found);
  return found.length === 0;
}

/** undefined when there was no answer in time, or half of one; that is noted. */
async function send(
  { port, wrong, answers: counted }: Campaign,
  connection: Connection | undefined,
  request: HostileRequest,
): Promise<readonly RawAnswer[] | undefined> {
  const bytes = bytesOf(request);
  try {
    const answers = request.bytes
      ? await askForAll(port, bytes)
      : connection === undefined || request.alone
        ? [await askOnce(port, bytes, request.method)]
        : [await connection.ask(bytes, request.method)];
    for (const status of answers.length > 0 ? answers.map((answer) => answer.status) : ["closed"]) {
      const key = `${request.kind} ${status}`;
      counted.set(key, (counted.get(key) ?? 0) + 1);
    }
    return answers;
  } catch (error) {
    wrong.push(told(request, (error as Error).message));
    return undefined;
  }
}

const LONGEST_TOLD = 2_000;

function told(request: HostileRequest, problem: string, answers: readonly RawAnswer[] = []): string {
  const sent = bytesOf(request).subarray(0, LONGEST_TOLD).toString("latin1");
  const answered = answers.map(({ status, body }) => `${status} ${body.toString().slice(0, 300)}`).join(" | ");
  return `${request.kind}: ${problem}\n--- sent\n${sent}\n--- answered\n${answered}\n`;
}
