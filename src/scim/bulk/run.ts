// In which order the operations are carried out, and what becomes of those that wait for others.
import { BridgeError } from "../../errors.js";
import type { RequestContext } from "../context.js";
import { problemBody, problemOf, reportFault } from "../errors.js";
import { quoted, refusal } from "../filter/refusal.js";
import { locationOf } from "../resources/representation.js";
import { carryOut, completeCreation, undoCreation, type BulkResult } from "./carry-out.js";
import type { Bulk, BulkOperation, Task } from "./read.js";

type Performable = Extract<BulkOperation, { kind: "task" }>;

interface Run {
  readonly context: RequestContext;
  /** Of all POSTs that could be read. */
  readonly bulkIds: ReadonlySet<string>;
  /** What the POST of a bulkId created; undefined: it failed. Not there: it is still to come. */
  readonly created: Map<string, string | undefined>;
  readonly pending: Set<BulkOperation>;
  /** What an operation was last seen waiting for. */
  readonly blockers: Map<BulkOperation, string>;
  readonly results: Map<BulkOperation, BulkResult>;
  /** Created without what they refer to, because that refers to them: completed at the end. */
  readonly incomplete: Map<Performable, string>;
  failed: number;
}

/** Results in the order of the request; without those that failOnErrors has cut off. */
export async function runBulk(
  context: RequestContext,
  { operations, failOnErrors = Infinity }: Bulk,
): Promise<readonly BulkResult[]> {
  const run: Run = {
    context,
    bulkIds: new Set(operations.flatMap((each) => (each.kind === "task" ? (each.task.bulkId ?? []) : []))),
    created: new Map(),
    pending: new Set(operations),
    blockers: new Map(),
    results: new Map(),
    incomplete: new Map(),
    failed: 0,
  };
  while (run.pending.size > 0 && run.failed < failOnErrors) await step(run);
  for (const [operation, id] of run.incomplete) await settle(run, operation, () => complete(run, operation.task, id));
  return operations.flatMap((operation) => run.results.get(operation) ?? []);
}

/** The first that waits for nothing, else the first that creates: it stands in a circle, or waits for one. */
async function step(run: Run): Promise<void> {
  const pending = [...run.pending];
  const operation = pending.find((each) => isReady(run, each)) ?? pending.find(isCreation);
  if (operation === undefined) throw new Error("No operation of a bulk request creates what the others wait for.");
  run.pending.delete(operation);
  await settle(run, operation, async () => {
    if (operation.kind === "refused") throw operation.error;
    const { task } = operation;
    expectReferences(run, task);
    const { id, result } = await carryOut(run.context, task, run.created);
    if (task.bulkId !== undefined) {
      if (waitsFor(run, task) !== undefined) run.incomplete.set(operation, id);
      run.created.set(task.bulkId, id);
    }
    return result;
  });
}

const isCreation = (operation: BulkOperation): boolean =>
  operation.kind === "task" && operation.task.bulkId !== undefined;

function isReady(run: Run, operation: BulkOperation): boolean {
  const blocker = run.blockers.get(operation);
  if (blocker !== undefined && !run.created.has(blocker)) return false;
  const found = operation.kind === "task" ? waitsFor(run, operation.task) : undefined;
  if (found !== undefined) run.blockers.set(operation, found);
  return found === undefined;
}

const waitsFor = ({ bulkIds, created }: Run, task: Task): string | undefined =>
  task.references.find((bulkId) => bulkIds.has(bulkId) && !created.has(bulkId));

function expectReferences({ bulkIds, created }: Run, { references }: Task): void {
  const unknown = references.find((bulkId) => !bulkIds.has(bulkId));
  if (unknown !== undefined)
    throw refusal("invalidValue", `No POST of this bulk request has the bulkId ${quoted(unknown)}.`);
  const failed = references.find((bulkId) => created.has(bulkId) && created.get(bulkId) === undefined);
  if (failed !== undefined) throw failedReference(failed);
}

const failedReference = (bulkId: string): BridgeError =>
  new BridgeError("INVALID_VALUE", `What the bulkId ${quoted(bulkId)} should have created is not there.`, {
    status: 412,
  });

/** RFC 7644 §3.7.1: resources that refer to each other. */
async function complete(run: Run, task: Task, id: string): Promise<BulkResult> {
  const { context, created } = run;
  try {
    const failed = task.references.find((bulkId) => created.get(bulkId) === undefined);
    if (failed !== undefined) throw failedReference(failed);
    const { result } = await completeCreation(context, task, id, created);
    return { ...result, status: "201" };
  } catch (error) {
    await undoCreation(context, task, id);
    throw error;
  }
}

/** Whatever becomes of an operation is its result. */
async function settle(run: Run, operation: BulkOperation, work: () => Promise<BulkResult>): Promise<void> {
  try {
    run.results.set(operation, { ...operation.sent, ...(await work()) });
  } catch (error) {
    reportFault(run.context, error);
    const problem = problemOf(error);
    run.failed++;
    if (operation.kind === "task" && operation.task.bulkId !== undefined)
      run.created.set(operation.task.bulkId, undefined);
    run.results.set(operation, {
      ...operation.sent,
      ...locationIn(run.context, operation),
      status: String(problem.status),
      response: problemBody(problem),
    });
  }
}

/** RFC 7644 §3.7.3: of a POST that failed there is none. */
function locationIn({ baseUrl }: RequestContext, operation: BulkOperation): { readonly location?: string } {
  if (operation.kind === "refused" || operation.task.id === undefined) return {};
  return { location: locationOf(baseUrl, operation.task.kind, operation.task.id) };
}
