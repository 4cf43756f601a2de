// The chapters about what is kept: the audit log, and the database as a whole.
import type { Chapter } from "./chapter.js";

export const RECORDS: readonly Chapter[] = [
  {
    command: "audit export",
    about:
      "The audit log, a record a line: who (the token), what, why, before and after, and what Label Studio answered. As NDJSON, or CSV for a spreadsheet; " +
      "streamed, however long it is.",
    steps: [
      { run: "audit export --since 2026-01-01 --until 2027-01-01T00:00:01.600Z --format csv" },
      { run: "audit export --since yesterday" },
    ],
  },
  {
    command: "audit verify",
    about:
      "Whether each record is as it was written, and none is missing. The head is worth keeping elsewhere: `--expect-head` tells whether the chain has been made anew.",
    steps: [{ run: "audit verify" }, { run: `audit verify --expect-head ${"0".repeat(64)}` }],
  },
  {
    command: "backup",
    about:
      "A copy of the SQLite database, whole also while it is served. What is done with it: [backup and restore](backup.md).",
    steps: [
      { run: "backup bridge-backup.db" },
      { run: "backup bridge-backup.db" },
      { run: "backup bridge-backup.db", environment: { DATABASE_URL: "postgres://bridge@db.example/bridge" } },
    ],
  },
];
