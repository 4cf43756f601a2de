// The audit log as a list of changes: what was sent to Label Studio with its answer and with what had asked for it.
import { setImmediate } from "node:timers/promises";
import type { LineFilter, LineKind, PlacedLine, Store } from "../ports.js";

/** `superseded`: not sent any more, as something newer was known of the person by then. */
export type ChangeStatus = "done" | "failed" | "superseded" | "unanswered";

export interface ChangeFilter {
  /** `changes`: at Label Studio; else what the identity provider has written, or operators have decided. */
  readonly of: "changes" | "directory" | "other";
  readonly status: "done" | "failed" | undefined;
  /** A whole action, as `member.set-role`. */
  readonly action: string | undefined;
  /** SCIM id of a person or a group. */
  readonly subject: string | undefined;
  /** ISO 8601. */
  readonly since: string | undefined;
  readonly until: string | undefined;
}

export interface Change {
  readonly position: number;
  readonly at: string;
  readonly action: string;
  readonly subject: string;
  readonly actor: string;
  /** Of what is no change at Label Studio: it is done by having been written. */
  readonly status: ChangeStatus;
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** What had asked for it, as the outbox calls it. */
  readonly cause: string | undefined;
  /** The last such line before: whose doing it was. */
  readonly trigger: PlacedLine | undefined;
  /** From sending to the answer. */
  readonly tookMs: number | undefined;
  readonly error: string | undefined;
  /** What is written of it, in order. */
  readonly steps: readonly PlacedLine[];
}

export interface ChangePage {
  readonly changes: readonly Change[];
  /** Place before which the next page is; undefined: this is the end. */
  readonly next: number | undefined;
}

/** So many lines are looked into at once, and so many for one page. */
const WINDOW = 10_000;
const MOST_EXAMINED = 200_000;

export async function changes(
  store: Store,
  filter: ChangeFilter,
  before: number | undefined,
  limit: number,
): Promise<ChangePage> {
  const { lists } = store;
  const oldest = filter.since === undefined ? 0 : Math.max(0, (await lists.placeAt(filter.since)) - CLOCKS);
  const newest = await newestOf(store, filter, before);
  const { lines, next } = await found(store, filter, { oldest, newest, limit });
  return { changes: await withAnswers(store, lines), next };
}

/** Clocks of several processes are not one: so many lines may be out of order. */
const CLOCKS = 1_000;

async function newestOf({ lists }: Store, { until }: ChangeFilter, before: number | undefined): Promise<number> {
  const end = await lists.end();
  const bound = until === undefined ? end : Math.min(end, (await lists.placeAt(until)) + CLOCKS);
  return Math.min(before ?? bound, bound);
}

interface Range {
  readonly oldest: number;
  readonly newest: number;
  readonly limit: number;
}

async function found({ lists }: Store, filter: ChangeFilter, { oldest, newest, limit }: Range) {
  const asked = { kind: kindOf(filter), action: filter.action, since: filter.since, until: filter.until };
  if (filter.subject !== undefined) {
    const range: LineFilter = { ...asked, after: oldest - 1, before: newest };
    const lines = await lists.linesOf(filter.subject, range, limit);
    return { lines, next: lines.length === limit ? lines.at(-1)?.position : undefined };
  }
  const lines: PlacedLine[] = [];
  let last = newest;
  while (last > oldest && newest - last < MOST_EXAMINED) {
    const after = Math.max(oldest - 1, last - WINDOW);
    lines.push(...(await lists.lines({ ...asked, after, before: last }, limit - lines.length)));
    if (lines.length === limit) return { lines, next: lines.at(-1)?.position };
    last = after + 1;
    await setImmediate();
  }
  return { lines, next: last > oldest ? last : undefined };
}

const kindOf = ({ of, status }: ChangeFilter): LineKind => (of === "changes" ? (status ?? "sent") : of);

async function withAnswers({ lists }: Store, lines: readonly PlacedLine[]): Promise<readonly Change[]> {
  const isStage = (line: PlacedLine, stage: string): boolean => line.detail["stage"] === stage;
  const answers = await lists.beside(
    lines.filter((line) => isStage(line, "sent")),
    "after",
  );
  const begins = await lists.beside(
    lines.filter((line) => isStage(line, "done") || isStage(line, "failed")),
    "before",
  );
  const both = lines.map((line) => {
    const answer = isStage(line, "sent") ? answers.get(line.position) : line;
    const sent = isStage(line, "sent") ? line : begins.get(line.position);
    // Sent again without an answer in between: that one was lost with its process.
    return { sent: sent ?? line, answer: answer && isStage(answer, "sent") ? undefined : answer };
  });
  const triggers = await triggersOf(
    lists,
    both.map(({ sent }) => sent),
  );
  return both.map(({ sent, answer }, at) => {
    const own = lines[at] ?? sent;
    const change = changeFrom(
      sent,
      own.detail["stage"] === undefined ? undefined : answer,
      triggers.get(sent.position),
    );
    return { ...change, position: own.position };
  });
}

/** What was written about the person or the group that the change comes of, the last time before it. */
async function triggersOf(lists: Store["lists"], sent: readonly PlacedLine[]) {
  const asked = sent.flatMap(({ position, subject, detail }) => {
    const { cause, origin } = detail;
    if (typeof cause !== "string") return [];
    if (cause.startsWith("user.")) return [{ position, subject, action: cause }];
    const group = typeof origin === "string" ? /^group (.+)$/.exec(origin)?.[1] : undefined;
    return group === undefined ? [] : [{ position, subject: group, action: cause }];
  });
  return lists.beside(asked, "before");
}

function changeFrom(sent: PlacedLine, answer: PlacedLine | undefined, trigger: PlacedLine | undefined): Change {
  const { detail, position, at, action, subject, actor } = sent;
  const isChange = detail["stage"] !== undefined;
  const stage = answer?.detail["stage"];
  return {
    ...{ position, at, action, subject, actor, trigger },
    status: isChange ? statusOf(stage) : "done",
    from: text(detail["from"]),
    to: text(detail["to"]) ?? DESTINATIONS[action],
    cause: text(detail["cause"]),
    tookMs: answer && answer !== sent ? Math.max(0, Date.parse(answer.at) - Date.parse(sent.at)) : undefined,
    error: answer && stage === "failed" ? text(answer.detail["answer"]) : undefined,
    steps: [...(trigger ? [trigger] : []), sent, ...(answer && answer !== sent ? [answer] : [])],
  };
}

const statusOf = (stage: unknown): ChangeStatus =>
  stage === "done" || stage === "failed" || stage === "superseded" ? stage : "unanswered";

const DESTINATIONS: Readonly<Record<string, string>> = { "member.deactivate": "DI", "member.soft-delete": "deleted" };

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
