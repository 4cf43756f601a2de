// How a list of members is written: a row as soon as it is known, as the list may be long.
import type { ListedMember } from "../ports.js";
import { notFormula } from "../spreadsheet.js";

export interface Rows {
  readonly start: () => void;
  readonly row: (member: ListedMember) => void;
  /** Not called when the list could not be read to its end. */
  readonly end: () => void;
}

export type Format = "table" | "json" | "csv";

interface Shown {
  readonly out: (line: string) => void;
  /** Their labels, as far as they are known. */
  readonly tagsOf: (member: ListedMember) => readonly string[];
  readonly contributed: boolean;
}

export function rowsAs(format: Format, shown: Shown): Rows {
  switch (format) {
    case "table":
      return table(shown);
    case "json":
      return json(shown);
    case "csv":
      return csv(shown);
  }
}

function table({ out, tagsOf, contributed }: Shown): Rows {
  const line = (
    id: string,
    role: string,
    email: string,
    name: string,
    tags: string,
    active: string,
    projects: string,
  ) =>
    [id.padStart(8), role.padEnd(4), active.padEnd(10), email.padEnd(36), name.padEnd(24), tags, projects]
      .map(printable)
      .join("  ")
      .trimEnd();
  return {
    start: () => out(line("user", "role", "address", "name", "tags", "active", contributed ? "contributed to" : "")),
    row: (member) => {
      const { userId, role = "?", email, lastActivity = "" } = member;
      const name = `${member.firstName} ${member.lastName}`.trim();
      const projects = (member.contributedToProjects ?? []).map(({ title }) => title).join(", ");
      out(line(String(userId), role, email, name, tagsOf(member).join(", "), lastActivity.slice(0, 10), projects));
    },
    end: () => undefined,
  };
}

/** Names are what people call themselves: nothing of it may steer the terminal. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, "?");

/** One array, a member a line; without its end when the list could not be read to its end. */
function json({ out, tagsOf }: Shown): Rows {
  let isFirst = true;
  return {
    start: () => out("["),
    row: (member) => {
      out(`${isFirst ? " " : ","}${JSON.stringify({ ...member, tags: member.tags && tagsOf(member) })}`);
      isFirst = false;
    },
    end: () => out("]"),
  };
}

const COLUMNS = [
  ...["user_id", "email", "role", "role_source", "user_type", "first_name", "last_name", "tags"],
  ...["last_activity", "deleted", "contributed_to_projects"],
];

function csv({ out, tagsOf }: Shown): Rows {
  const line = (cells: readonly string[]): void => out(`${cells.map(cell).join(",")}\r`);
  return {
    start: () => line(COLUMNS),
    row: (member) => {
      const { userId, email, role, roleSource, userType, firstName, lastName, lastActivity, deleted } = member;
      const who = [String(userId), email, role, roleSource, userType, firstName, lastName, tagsOf(member).join(";")];
      const projects = (member.contributedToProjects ?? []).map(({ id, title }) => `${id} ${title}`).join(";");
      line([...who, lastActivity, String(deleted), projects].map((text) => text ?? ""));
    },
    end: () => undefined,
  };
}

/** RFC 4180 §2, 5 to 7. */
function cell(value: string): string {
  const text = notFormula(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
