import { InvalidArgumentError, Option, type Command } from "commander";
import { askLabelStudio, type LabelStudioAsked } from "../beside.js";
import { readConfig, readEnvironment } from "../config.js";
import { BridgeError, hasCode, isRetryable } from "../errors.js";
import { ASSIGNABLE_ROLES, VIEW_ONLY } from "../membership/index.js";
import type { ListedMember } from "../ports.js";
import { EXIT, type Io } from "./io.js";
import { rowsAs, type Rows } from "./member-formats.js";
import { memberFilter, type MembersAsked } from "./member-query.js";
import { refuse } from "./serve.js";

interface MembersOptions extends MembersAsked {
  readonly limit: number;
  readonly all: boolean;
  readonly json: boolean;
  readonly csv: boolean;
}

const USUAL_LIMIT = 100;

export function membersCommand(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command("members")
    .description("members of the organisation as Label Studio lists them; writes nothing")
    .option("--role <codes>", "with one of these roles, e.g. RE,AN", roles)
    .option("--tag <tags>", "with one of these tags: labels or ids", list)
    .option("--search <text>", "by name or address, as Label Studio searches")
    .option("--user-type <types>", "of these user types, e.g. standard,viewonly", list)
    .option("--deleted", "who is soft-deleted, instead of members", false)
    .option("--ordering <field>", "as Label Studio orders, e.g. -user__last_activity")
    .option("--not-in-project <project>", "who is not in this project: id or title")
    .option("--not-in-workspace <workspace>", "who is not in this workspace: id or title")
    .option("--contributed", "also which projects each has contributed to; slow", false)
    .option("--active-since <date>", "active since then, e.g. 2026-05-01", date)
    .addOption(new Option("--limit <number>", "so many at most").argParser(count).default(USUAL_LIMIT))
    .addOption(new Option("--all", "everybody").default(false))
    .addOption(new Option("--json", "machine-readable").default(false).conflicts("csv"))
    .addOption(new Option("--csv", "for a spreadsheet (RFC 4180)").default(false))
    .action(async (options: MembersOptions) => done(await members(options, io)));
}

const list = (text: string): readonly string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

function roles(text: string): readonly string[] {
  const known: readonly string[] = [...ASSIGNABLE_ROLES, VIEW_ONLY];
  const codes = list(text.toUpperCase());
  if (codes.length > 0 && codes.every((code) => known.includes(code))) return codes;
  throw new InvalidArgumentError(`Role codes are ${known.join(", ")}.`);
}

function date(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError("A date is written like 2026-05-01 or 2026-05-01T08:00:00Z.");
  return new Date(at).toISOString();
}

function count(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("A number from 1.");
}

/** Rows go out as they come in; a list that breaks off ends with an error. */
async function members(options: MembersOptions, io: Io): Promise<number> {
  const read = readConfig(readEnvironment(io.environment));
  if (read.kind === "problems") return refuse(io, read.problems);
  const labelStudio = askLabelStudio(read.config);
  try {
    const filter = await memberFilter(options, labelStudio);
    const tagsOf = await labels(labelStudio);
    const format = options.json ? "json" : options.csv ? "csv" : "table";
    const rows = rowsAs(format, { out: io.out, tagsOf, contributed: options.contributed });
    const limit = options.all ? Infinity : options.limit;
    const isCut = await write(labelStudio.members(filter, "sweep"), rows, limit);
    if (isCut) io.err(`These are the first ${limit}; --limit or --all shows more.`);
    return EXIT.fine;
  } catch (error) {
    if (!(error instanceof BridgeError)) throw error;
    io.err(error.message);
    return isRetryable(error) ? EXIT.unreachable : EXIT.problems;
  } finally {
    await labelStudio.close();
  }
}

/** Answers whether there are more. */
async function write(pages: AsyncIterable<readonly ListedMember[]>, rows: Rows, limit: number): Promise<boolean> {
  let written = 0;
  rows.start();
  for await (const page of pages) {
    for (const member of page) {
      if (written === limit) {
        rows.end();
        return true;
      }
      rows.row(member);
      written += 1;
    }
  }
  rows.end();
  return false;
}

/** A key that may not see the tags still shows their ids. */
async function labels(labelStudio: LabelStudioAsked): Promise<(member: ListedMember) => readonly string[]> {
  const tags = await labelStudio.assignables("tag", { ids: [], names: [] }, "sweep").catch((error: unknown) => {
    if (hasCode(error, "TARGET_REFUSED")) return undefined;
    throw error;
  });
  const byId = new Map(tags?.map(({ id, name }) => [id, name]));
  return (member) => (member.tags ?? []).map((id) => byId.get(id) ?? String(id));
}
