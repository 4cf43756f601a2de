// The only file that calls Target.assign. What the bridge gives is remembered before the call: after a crash it is still ours.
import { BridgeError, hasCode } from "../../errors.js";
import type { Assignable, AssignableKind } from "../../membership/index.js";
import { grouped, type Assignment, type Change, type Ledger, type Part, type Reassignment } from "../../plan/index.js";
import type { AuditLine, Errand } from "../../ports.js";
import { isoNow, type Context } from "../context.js";
import { isAnswered } from "../doubt.js";
import { reporting } from "../errand.js";
import { currentTags, losesTags } from "./tags.js";
import type { Todo } from "./todo.js";

interface Sender {
  readonly todo: Todo;
  readonly operation: Reassignment;
  readonly report: ReturnType<typeof reporting>;
}

/** Carries out what is allowed; answers why by the ids of the people for whom some of it has failed. */
export async function sendAll(ctx: Context, todos: readonly Todo[]): Promise<ReadonlyMap<string, unknown>> {
  const senders = todos.flatMap((todo) => senderOf(ctx, todo));
  await ctx.store.assignments.remember(todos.flatMap(ledgerBefore));
  if (senders.length === 0) return new Map();
  const failures = new Map<string, unknown>();
  const failed: Failed = new Map();
  await audit(ctx, senders, () => ({ stage: "sent" }));
  const byUser = new Map(senders.map((sender) => [sender.operation.userId, sender]));
  const noteFailure = (userId: number, error: unknown): void => {
    const personId = byUser.get(userId)?.todo.claim.personId;
    if (personId !== undefined && !failures.has(personId)) failures.set(personId, error);
  };
  const { parts, unread } = await partsOf(ctx, senders);
  for (const { operation, error } of unread) {
    failed.set(`${operation.userId} tag`, error);
    noteFailure(operation.userId, error);
  }
  for (const assignment of grouped(parts)) {
    const errand = errandOf(assignment.userIds.flatMap((userId) => byUser.get(userId) ?? []));
    for (const { userId, error } of await send(ctx, assignment, errand)) {
      note(failed, assignment, userId, error);
      noteFailure(userId, error);
    }
  }
  await ctx.store.assignments.remember(senders.map((sender) => ledgerAfter(sender, failed)));
  await audit(ctx, senders, ({ todo }) => answerOf(failures.get(todo.claim.personId)));
  for (const sender of senders) await done(ctx, sender, failures.get(sender.todo.claim.personId), failed);
  return failures;
}

/** A call for many is told to be somebody's request only where it is everybody's. */
function errandOf(senders: readonly Sender[]): Errand | undefined {
  const [first, ...others] = senders.map(({ report }) => report.errand);
  return others.every(({ requestId, origin }) => requestId === first?.requestId && origin === first?.origin)
    ? first
    : undefined;
}

function answerOf(failure: unknown): Record<string, string> {
  if (failure === undefined) return { stage: "done" };
  const stage = hasCode(failure, "VERSION_CONFLICT") ? "superseded" : "failed";
  return { stage, answer: failure instanceof Error ? failure.message : "fault" };
}

const isAllowed = ({ verdict }: Change): boolean => verdict.kind === "allowed";

function senderOf(ctx: Context, todo: Todo): readonly Sender[] {
  const operations = todo.changes.filter(isAllowed).map(({ operation }) => operation);
  const [first] = operations;
  if (!first) return [];
  const join = operations.flatMap((operation) => operation.join);
  const leave = operations.flatMap((operation) => operation.leave);
  const operation = { kind: "reassign", userId: first.userId, join, leave } as const;
  return [{ todo, operation, report: reporting(ctx, { claim: todo.claim, operation }) }];
}

type PersonLedger = Ledger & { readonly userId: number };

/** What somebody joins is ours from now on; what they leave is forgotten only when they have left it. */
function ledgerBefore({ reassigning, changes }: Todo): readonly PersonLedger[] {
  if (!reassigning) return [];
  const { ledger, member, operation } = reassigning;
  const held = new Set(changes.filter((change) => !isAllowed(change)).flatMap(joinedBy));
  const leaving = new Set(operation?.leave.map(keyOf));
  const put = ledger.put.filter((each) => !held.has(keyOf(each)));
  const drop = ledger.drop.filter((each) => !leaving.has(keyOf(each)));
  return put.length + drop.length > 0 ? [{ userId: member.userId, put, drop }] : [];
}

const joinedBy = ({ operation }: Change<Reassignment>): readonly string[] => operation.join.map(({ of }) => keyOf(of));

/**
 * What was refused is as it was: not in what they were to join, still in what they were to leave. Where the answer was lost
 * they may have joined: it stays ours.
 */
function ledgerAfter({ todo, operation: { userId, join, leave } }: Sender, failed: Failed): PersonLedger {
  const granted = new Set(todo.reassigning?.ledger.put.map(keyOf));
  const notJoined = join.filter(({ of }) => isAnswered(failed.get(failureKey(userId, of))) && granted.has(keyOf(of)));
  const left = leave.filter((of) => !failed.has(failureKey(userId, of)));
  return { userId, put: [], drop: [...notJoined.map(({ of }) => of), ...left] };
}

const keyOf = ({ kind, id }: Pick<Assignable, "kind" | "id">): string => `${kind} ${id}`;

/** Why, by `<user id> <kind> <id>`; tags are one set. */
type Failed = Map<string, unknown>;

const failureKey = (userId: number, of: Pick<Assignable, "kind" | "id">): string =>
  of.kind === "tag" ? `${userId} tag` : `${userId} ${keyOf(of)}`;

function note(failed: Failed, assignment: Assignment, userId: number, error: unknown): void {
  failed.set("tags" in assignment ? `${userId} tag` : failureKey(userId, assignment.of), error);
}

interface Parts {
  readonly parts: readonly Part[];
  /** Whose tags stay as they are, as it is not known which they have. */
  readonly unread: readonly { readonly operation: Reassignment; readonly error: unknown }[];
}

async function partsOf(ctx: Context, senders: readonly Sender[]): Promise<Parts> {
  const operations = senders.map(({ operation }) => operation);
  try {
    const tags = await currentTags(ctx, operations);
    return {
      parts: operations.map((operation) => ({ operation, tags: tags.get(operation.userId) ?? [] })),
      unread: [],
    };
  } catch (error) {
    const losing = operations.filter(losesTags);
    const kept = operations.map((operation) => (losesTags(operation) ? withoutTags(operation) : operation));
    return {
      parts: kept.map((operation) => ({ operation, tags: [] })),
      unread: losing.map((operation) => ({ operation, error })),
    };
  }
}

const withoutTags = (operation: Reassignment): Reassignment => ({
  ...operation,
  join: operation.join.filter(({ of }) => of.kind !== "tag"),
  leave: operation.leave.filter(({ kind }) => kind !== "tag"),
});

interface Failure {
  readonly userId: number;
  readonly error: unknown;
}

/** One kind of call that fails is nobody else's affair. */
async function send(ctx: Context, assignment: Assignment, errand: Errand | undefined): Promise<readonly Failure[]> {
  const { userIds } = assignment;
  const stillWanted = async (): Promise<boolean> => !(await ctx.paused());
  try {
    const { done: gone, refused } = await ctx.target.assign(assignment, "grant", stillWanted, errand);
    await learn(ctx, assignment, gone);
    ctx.upstream.trust();
    if (refused.length > 0) ctx.places.doubt(kindOf(assignment));
    return refused.map(({ userId, message, reason }) => {
      return { userId, error: new BridgeError("TARGET_REFUSED", message, { reason }) };
    });
  } catch (error) {
    // Whoever is in it after all is not to be sent again: a call that takes too long would be sent for ever.
    if (!isAnswered(error)) ctx.places.doubt(...touched(assignment));
    else if (hasCode(error, "TARGET_REFUSED")) ctx.places.doubt(kindOf(assignment));
    return userIds.map((userId) => ({ userId, error }));
  }
}

const touched = (assignment: Assignment): readonly [kind: AssignableKind, ids: readonly number[]] =>
  "tags" in assignment ? ["tag", assignment.tags.map(({ id }) => id)] : [assignment.of.kind, [assignment.of.id]];

const kindOf = (assignment: Assignment): AssignableKind => ("tags" in assignment ? "tag" : assignment.of.kind);

async function learn({ store, clock }: Context, assignment: Assignment, userIds: readonly number[]): Promise<void> {
  const { assignments } = store;
  const at = clock.now();
  switch (assignment.kind) {
    case "set-tags":
      return assignments.retagged(
        userIds,
        assignment.tags.map(({ id }) => id),
        at,
      );
    case "add-tags": {
      const joined = userIds.flatMap((userId) => assignment.tags.map((tag) => rowOf(tag, userId)));
      return assignments.moved({ joined, left: [] }, at);
    }
    case "join-workspace":
    case "join-project": {
      const role = "role" in assignment && assignment.role !== "inherit" ? assignment.role : undefined;
      return assignments.moved(
        { joined: userIds.map((userId) => ({ ...rowOf(assignment.of, userId), role })), left: [] },
        at,
      );
    }
    case "leave-workspace":
    case "leave-project":
      return assignments.moved({ joined: [], left: userIds.map((userId) => rowOf(assignment.of, userId)) }, at);
  }
}

const rowOf = ({ kind, id }: Assignable, userId: number) => ({ kind, id, role: undefined, userId });

function audit(
  { store, clock }: Context,
  senders: readonly Sender[],
  outcome: (sender: Sender) => Record<string, string>,
): Promise<void> {
  const at = isoNow(clock);
  return store.assignments.audit(
    senders.map((sender): AuditLine => {
      const { todo, operation } = sender;
      const { userId, join, leave } = operation;
      const names = { join: join.map(({ of, role }) => shown(of, role)), leave: leave.map((of) => shown(of)) };
      const { personId: subject, requestId, cause, origin } = todo.claim;
      const detail = { userId, ...names, cause, origin, why: why(sender), ...outcome(sender) };
      return { at, actor: "bridge", requestId, action: "member.reassign", subject, detail };
    }),
  );
}

/** Which rules, by their lines in the mapping; what is taken away no rule gives. */
function why({ todo, operation }: Sender): string {
  const joined = new Set(operation.join.map(({ of }) => of));
  const lines = todo.reassigning?.desired.flatMap(({ of, wanted }) => (joined.has(of) ? [wanted.line] : [])) ?? [];
  return lines.length === 0 ? "no rule" : `line ${[...new Set(lines)].join(", ")}`;
}

const shown = ({ kind, id, name }: Assignable, role = "inherit"): string =>
  `${kind} ${id} ${name}${role === "inherit" ? "" : ` as ${role}`}`;

/** What an operator has approved is nobody else's to pay for; what has been taken away counts, whatever else has failed. */
async function done(
  ctx: Context,
  { todo, operation, report }: Sender,
  failure: unknown,
  failed: Failed,
): Promise<void> {
  const { claim, hold } = todo;
  if (failure === undefined) report.applied();
  else report.failed(failure);
  const hasLeft = operation.leave.some((of) => !failed.has(failureKey(operation.userId, of)));
  if (hasLeft && hold?.decision !== "approved")
    await ctx.store.rails.spend(claim.personId, "unassign", false, ctx.clock.now());
}
