// All the ways in which a server, or what stands before it, can answer badly.
import type { Fault, Sandbox } from "../../src/sandbox/index.js";

const BAD_ANSWERS: readonly Fault[] = [
  { kind: "rate-limited", retryAfter: "seconds", seconds: 1 },
  { kind: "rate-limited", retryAfter: "date", seconds: 1 },
  { kind: "status", status: 500 },
  { kind: "status", status: 500, afterEffect: true },
  { kind: "status", status: 502, html: true },
  { kind: "status", status: 504, html: true, afterEffect: true },
  { kind: "reset" },
  { kind: "reset", afterEffect: true },
  { kind: "truncated" },
  { kind: "silence" },
  { kind: "silence", afterEffect: true },
  { kind: "unauthorized" },
  { kind: "html" },
  { kind: "garbage" },
  { kind: "garbage", afterEffect: true },
];

/** This share of all answers is bad, each way as often as the others. */
export function answerBadly(sandbox: Sandbox, share: number): void {
  // Each is tried in turn, and the first that strikes is it.
  for (const [at, fault] of BAD_ANSWERS.entries()) {
    const each = share / BAD_ANSWERS.length;
    sandbox.inject(fault, { probability: each / (1 - at * each) });
  }
}
