// Writes that arrive together share one commit: syncing the disk costs more than all else that a write does.
import { asStoreError } from "../faults.js";
import type { Engine } from "../engine.js";

interface Waiting {
  readonly body: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** One slow batch must not keep the others waiting for long. */
const MOST_TOGETHER = 64;

/** Each body is atomic by a savepoint of its own, and answered when the commit that it is part of is on disk. */
export function sharedCommits(exec: (sql: string) => void, db: Engine["reads"]): Engine["write"] {
  const waiting: Waiting[] = [];
  let busy = false;
  const workOff = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      // Whoever else has a request on the wire already comes along.
      await new Promise((resolve) => setImmediate(resolve));
      await commitTogether(exec, waiting.splice(0, MOST_TOGETHER));
    }
    busy = false;
  };
  return <T>(body: (tx: typeof db) => Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      waiting.push({ body: () => body(db), resolve: resolve as Waiting["resolve"], reject });
      if (!busy) void workOff();
    });
}

async function commitTogether(exec: (sql: string) => void, writes: readonly Waiting[]): Promise<void> {
  try {
    // Deferred, a transaction that turns writer late can fail at once when another process has written meanwhile.
    exec("begin immediate");
    const answers: (() => void)[] = [];
    for (const write of writes) answers.push(await attempt(exec, write));
    exec("commit");
    for (const answer of answers) answer();
  } catch (error) {
    rollBack(exec);
    for (const { reject } of writes) reject(asStoreError(error));
  }
}

async function attempt(exec: (sql: string) => void, { body, resolve, reject }: Waiting): Promise<() => void> {
  exec("savepoint one");
  try {
    const value = await body();
    exec("release one");
    return () => resolve(value);
  } catch (error) {
    // Throws when the fault has ended the whole transaction (a full disk): nothing of the others is kept either.
    exec("rollback to one");
    exec("release one");
    return () => reject(error);
  }
}

function rollBack(exec: (sql: string) => void): void {
  try {
    exec("rollback");
  } catch {
    // SQLite has done so itself, or never began.
  }
}
