// A consistent copy of a database that is being written to, with a mark by which the next start knows it for one.
import { access, open, rename, rm, stat } from "node:fs/promises";
import { BridgeError } from "../../errors.js";
import { reasonOf } from "../faults.js";
import { BACKUP } from "../work/restored.js";
import { connect } from "./connection.js";

export interface BackedUp {
  readonly users: number;
  readonly groups: number;
  readonly bytes: number;
}

/** Writes `to` whole or not at all, and never over another file. `takenAt`: before the first page is read. */
export async function backUpFile(from: string, to: string, takenAt: string): Promise<BackedUp> {
  const unfinished = `${to}.part`;
  try {
    if (await isThere(to)) throw new BridgeError("INVALID_VALUE", `${to} is there already: name another file.`);
    await rm(unfinished, { force: true });
    // Who works where is nobody else's affair; SQLite would let everybody read it.
    await (await open(unfinished, "wx", 0o600)).close();
    copy(from, unfinished);
    const counted = mark(unfinished, takenAt);
    await sync(unfinished);
    await rename(unfinished, to);
    return { ...counted, bytes: (await stat(to)).size };
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    if (error instanceof BridgeError) throw error;
    throw new BridgeError("STORE_UNAVAILABLE", `Cannot back up ${from} to ${to}: ${reasonOf(error)}`, { cause: error });
  }
}

/** One read transaction: what is committed when it begins, while others go on writing (sqlite.org/lang_vacuum.html). */
function copy(from: string, to: string): void {
  const source = connect(from, "read");
  try {
    source.run("vacuum into ?", [to]);
  } finally {
    source.close();
  }
}

function mark(file: string, takenAt: string): Omit<BackedUp, "bytes"> {
  const backup = connect(file, "edit");
  try {
    backup.run(
      "insert into facts (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
      [BACKUP, takenAt],
    );
    const [check] = backup.all("pragma quick_check(1)", []);
    if (check?.["quick_check"] !== "ok") throw new Error(`the copy is damaged: ${String(check?.["quick_check"])}`);
    const [counted] = backup.all(
      "select (select count(*) from users) as users, (select count(*) from groups) as groups",
      [],
    );
    return { users: Number(counted?.["users"]), groups: Number(counted?.["groups"]) };
  } finally {
    backup.close();
  }
}

/** The rename must not be on disk before what it names. */
async function sync(file: string): Promise<void> {
  const handle = await open(file, "r+");
  await handle.sync();
  await handle.close();
}

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
