// What operators ask the store about people (types only, part of the ports).
import type { GroupRef } from "../directory/index.js";
import type { Lane } from "./claims.js";

/** A row of the outbox, for showing. */
export interface Waiting {
  readonly lane: Lane;
  readonly cause: string;
  readonly origin: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly dueAt: number;
  readonly attempts: number;
  /** Why the last attempt was refused. */
  readonly refusal: string | undefined;
}

/** One line of the append-only audit log; `at` is ISO 8601. Details hold ids and values, never secrets. */
export interface AuditLine {
  readonly at: string;
  /** Token name for SCIM writes, `bridge` for what the reconcile loop does, `operator`. */
  readonly actor: string;
  readonly requestId: string | undefined;
  /** e.g. `user.create`, `group.members`, `member.deactivate`, `upstream.move`. */
  readonly action: string;
  /** SCIM id of the user or group; the server for `upstream.move`. */
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** How many people of one address. */
export interface Erased {
  readonly erased: number;
  /** Deleted over SCIM, and not yet at Label Studio: nothing of them is erased. */
  readonly unfinished: number;
  /** Living over SCIM: nothing of them is erased. */
  readonly living: number;
}

export interface Inquiries {
  /** Ids of everybody living, and of the deleted whose deletion is not done, in their order. */
  known(afterId: string, limit: number): Promise<readonly string[]>;
  /**
   * Why people were last settled so and how many for each reason, most first; the first 200 reasons. Whoever is only looked at
   * anew, as everybody is at each start and sweep, is among them: that is no news.
   */
  reasons(state: "held" | "failing"): Promise<readonly { readonly reason: string; readonly people: number }[]>;
  /** Undefined: nothing waits for them. */
  waiting(personId: string): Promise<Waiting | undefined>;
  /** What was done to them and about them, newest first. */
  history(personId: string, limit: number): Promise<readonly AuditLine[]>;
  /** By userName, e-mail, id or externalId, or the displayName of a group; of the deleted, by address, the newest. */
  find(name: string): Promise<{ readonly kind: "person" | "group"; readonly id: string } | undefined>;
  /** Whoever is failing, or waits for another try, is due now; answers how many. */
  retryNow(line: (people: number) => AuditLine, now: number): Promise<number>;
  /** Everything that is kept of people deleted over SCIM who had this address, but ids in the audit log. */
  erase(address: string, line: (personId: string) => AuditLine): Promise<Erased>;
}

/** A database as it is found, without changing anything of it. */
export interface StoreReport {
  /** Where it is, without user and password. */
  readonly at: string;
  /** e.g. `SQLite 3.53.0`. */
  readonly engine: string;
  readonly bytes: number;
  /** Why nothing can be written there; undefined: it can. */
  readonly readOnly: string | undefined;
  /** Steps of its history that the next start carries out; all of them where there is no database yet. */
  readonly stepsToDo: number;
  /** Steps that this version does not know: a newer one has been there. */
  readonly unknownSteps: readonly string[];
  /** undefined: it is too old or too new to be asked. */
  readonly known:
    | { readonly pending: number; readonly oldestPendingSeconds: number; readonly groups: readonly GroupRef[] }
    | undefined;
}
