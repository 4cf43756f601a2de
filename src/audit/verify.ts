import { isErased, personalOf } from "../personal.js";
import type { ChainEnd, Recorded, Seal, Store } from "../ports.js";
import { hashOf, personalDigest } from "./seal.js";

export interface VerifyOptions {
  /** A hash that was told earlier: it must be one of the chain, or what is proved now was made since. */
  readonly expectHead?: string | undefined;
  readonly onProgress?: (done: number, all: number) => void;
}

export interface Verified {
  readonly ok: boolean;
  /** What is wrong with the first record that does not fit; undefined: nothing. */
  readonly problem: string | undefined;
  /** Records that fit. */
  readonly records: number;
  /** Records of which what was personal has been erased: that part of them is not proved. */
  readonly erased: number;
  /** Committed and not in the chain yet. */
  readonly waiting: number;
  readonly anchor: ChainEnd;
  readonly head: ChainEnd;
}

const PAGE = 500;
const MOST_WAITING = 10_000;
/** Clocks of several processes differ by less; whatever is recorded at another time was put there later. */
const SKEW_MS = 3_600_000;

interface Walk {
  end: ChainEnd;
  records: number;
  erased: number;
  /** The newest time so far. */
  at: number;
  isExpected: boolean;
  readonly unforgotten: Map<string, string>;
  /** What the chain begins behind. */
  begun: ChainEnd;
  /** A record says that it was cut there. */
  isCut: boolean;
}

/** Walks the whole chain; stops at the first record that does not fit. */
export async function verifyTrail(store: Store, options: VerifyOptions = {}): Promise<Verified> {
  const { place, hash } = await store.trail.head();
  const head = { place, hash };
  const anchor = await store.trail.anchor();
  const walk: Walk = {
    end: anchor,
    records: 0,
    erased: 0,
    at: -Infinity,
    isExpected: options.expectHead === undefined || options.expectHead === anchor.hash,
    unforgotten: new Map(),
    begun: anchor,
    isCut: anchor.place === 0,
  };
  const broken = await walkAll(store, walk, head, options);
  const waiting = await store.trail.unsealed(MOST_WAITING);
  for (const record of waiting) note(walk, record);
  const late = broken ?? waiting.map((record) => judgeTime(walk, record)).find((problem) => problem !== undefined);
  const problem = late ?? leftOver(walk, head) ?? (await beyond(store, head));
  const { records, erased } = walk;
  return { ok: problem === undefined, problem, records, erased, waiting: waiting.length, anchor, head };
}

async function walkAll(
  { trail }: Store,
  walk: Walk,
  head: ChainEnd,
  { expectHead, onProgress }: VerifyOptions,
): Promise<string | undefined> {
  while (walk.end.place < head.place) {
    const page = await trail.sealed(walk.end.place, Math.min(PAGE, head.place - walk.end.place));
    if (page.length === 0) return undefined;
    for (const { seal, record } of page) {
      // What was cut off while this was read is gone for good.
      if (seal.place > walk.end.place + 1) await beginAnew(trail, walk);
      const problem = judge(walk.end, seal, record) ?? judgeTime(walk, record);
      if (problem !== undefined) return problem;
      if (record) note(walk, record, seal);
      walk.end = { place: seal.place, hash: seal.hash };
      walk.records += 1;
      walk.isExpected ||= seal.hash === expectHead;
    }
    onProgress?.(walk.end.place, head.place);
  }
  return undefined;
}

const named = ({ place }: ChainEnd, record: Recorded | undefined): string =>
  record
    ? `record ${place} (position ${record.position}, ${record.at}, ${record.action} by ${record.actor})`
    : `record ${place}`;

function judge(before: ChainEnd, seal: Seal & { position: number }, record: Recorded | undefined): string | undefined {
  if (seal.place !== before.place + 1) return `record ${before.place + 1} is missing in the chain`;
  if (!record) return `record ${seal.place} (position ${seal.position}) has been deleted`;
  const { salt, personal, place } = seal;
  const isAsRecorded = fits(() => hashOf(record, personal, { place, before: before.hash }) === seal.hash);
  const isPersonal = (): boolean =>
    salt === null ? Object.keys(personalOf(detailOf(record))).length === 0 : personalDigest(record, salt) === personal;
  if (isAsRecorded && fits(isPersonal)) return undefined;
  return `${named(seal, record)} is not what was recorded, or not at its place`;
}

/** A detail that is no JSON was not written by the bridge. */
function fits(question: () => boolean): boolean {
  try {
    return question();
  } catch {
    return false;
  }
}

function judgeTime(walk: Walk, record: Recorded | undefined): string | undefined {
  const at = Date.parse(record?.at ?? "");
  if (at < walk.at - SKEW_MS)
    return `${named({ ...walk.end, place: walk.end.place + 1 }, record)} was put there after records of ${new Date(walk.at).toISOString()}`;
  walk.at = Math.max(walk.at, at);
  return undefined;
}

/** What has to be matched by another record before the end. */
function note(walk: Walk, record: Recorded, seal?: Seal): void {
  const { action, subject } = record;
  if (seal?.salt === null) {
    walk.erased += 1;
    walk.unforgotten.set(subject, named(seal, record));
  } else if (seal && isErased(detailOf(record))) walk.erased += 1;
  if (action === "forget") walk.unforgotten.delete(subject);
  if (action === "audit.cut" && fits(() => isCut(record, walk.begun))) walk.isCut = true;
}

const detailOf = ({ detail }: Recorded): Readonly<Record<string, unknown>> =>
  JSON.parse(detail) as Readonly<Record<string, unknown>>;

function isCut(record: Recorded, { place, hash }: ChainEnd): boolean {
  const detail = detailOf(record);
  return detail["place"] === place && detail["hash"] === hash;
}

async function beginAnew(trail: Store["trail"], walk: Walk): Promise<void> {
  const anchor = await trail.anchor();
  if (anchor.place > walk.end.place) Object.assign(walk, { end: anchor, begun: anchor, isCut: false });
}

/** What an end that was put back leaves unproved. What has been chained while this was read has moved the end too. */
async function beyond({ trail }: Store, head: ChainEnd): Promise<string | undefined> {
  const [next] = await trail.sealed(head.place, 1);
  if (!next || (await trail.head()).place >= next.seal.place) return undefined;
  return `the chain ended with record ${head.place}, and ${named(next.seal, next.record)} is behind its end`;
}

function leftOver(walk: Walk, head: ChainEnd): string | undefined {
  if (walk.end.place !== head.place || walk.end.hash !== head.hash)
    return `the chain ends with record ${walk.end.place}, and ended with ${head.place} before: the newest records are gone`;
  if (!walk.isCut) return `the chain begins after record ${walk.begun.place}, and no record says that it was cut there`;
  const [lost] = walk.unforgotten.values();
  if (lost !== undefined) return `${lost} has lost what was personal in it, and no record says that it was erased`;
  if (!walk.isExpected) return "the hash that was expected is not in the chain: it was made anew, or cut since";
  return undefined;
}
