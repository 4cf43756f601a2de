// Writes that arrive together share one commit: syncing the disk costs more than all else that a write does.
import { asStoreError } from "../faults.js";
import type { Db, Engine } from "../engine.js";
import type { Connection } from "./connection.js";

/** The connection that writes; nobody else begins or ends a transaction on it. */
type Writer = Pick<Connection, "run" | "setPragma">;

interface Waiting {
  readonly synced: boolean;
  readonly body: () => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** One slow batch must not keep the others waiting for long. */
const MOST_TOGETHER = 64;

/** Each body is atomic by a savepoint of its own, and answered when the commit that it is part of is done. */
export function sharedCommits(writer: Writer, db: Db): Pick<Engine, "write" | "note"> {
  const waiting: Waiting[] = [];
  let busy = false;
  const workOff = async (): Promise<void> => {
    busy = true;
    while (waiting.length > 0) {
      // Whoever else has a request on the wire already comes along.
      await new Promise((resolve) => setImmediate(resolve));
      await commitTogether(writer, waiting.splice(0, MOST_TOGETHER));
    }
    busy = false;
  };
  const commit =
    (synced: boolean) =>
    <T>(body: (tx: Db) => Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ synced, body: () => body(db), resolve: resolve as Waiting["resolve"], reject });
        if (!busy) void workOff();
      });
  return { write: commit(true), note: commit(false) };
}

async function commitTogether(writer: Writer, writes: readonly Waiting[]): Promise<void> {
  const exec = (sql: string): void => void writer.run(sql, []);
  try {
    // FULL: an acknowledged write survives a power cut, not only a crash (sqlite.org/pragma.html#pragma_synchronous).
    writer.setPragma(`synchronous = ${writes.some(({ synced }) => synced) ? "FULL" : "NORMAL"}`);
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

type Exec = (sql: string) => void;

async function attempt(exec: Exec, { body, resolve, reject }: Waiting): Promise<() => void> {
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

function rollBack(exec: Exec): void {
  try {
    exec("rollback");
  } catch {
    // SQLite has done so itself, or never began.
  }
}
