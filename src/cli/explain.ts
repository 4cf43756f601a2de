import type { AssignmentExplained, GroupExplained, PersonExplained } from "../foresight/index.js";
import type { Match } from "../mapping/index.js";
import type { Hold } from "../ports.js";
import { EXIT, type Io } from "./io.js";
import { withOperations, type Asked } from "./operator.js";

/** Exit code 1 when nobody is known by that name. */
export const explain = (subject: string, options: Asked, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const explained = await operations.explain(subject);
    if (!explained) {
      io.err(`Nobody and no group is known as ${JSON.stringify(subject)}.`);
      return EXIT.problems;
    }
    if (options.json) io.out(JSON.stringify(explained, undefined, 2));
    else for (const line of explained.kind === "person" ? person(explained) : group(explained)) io.out(line);
    return EXIT.fine;
  });

const row = (name: string, value: string): string => `${name.padEnd(13)} ${value}`;

function person(explained: PersonExplained): readonly string[] {
  const { personId, userName, standing, groups, rules, observed, userId, next, outcome, waiting } = explained;
  const account = userId === undefined ? "no account linked" : `user ${userId}`;
  return [
    row("person", `${userName ?? "(deleted)"}  ${personId}  ${standing} at the identity provider`),
    row("groups", groups.map(({ displayName }) => JSON.stringify(displayName)).join(", ") || "none"),
    ...rulesOf(rules),
    row("Label Studio", `${observed?.role ?? "no membership"}  ${account}  (by ${observed?.roleSource ?? "unknown"})`),
    ...(outcome ? [row("last look", `${outcome.at}  ${outcome.state}: ${outcome.reason}`)] : []),
    ...(outcome?.warning === undefined ? [] : [row("warning", outcome.warning)]),
    ...(outcome?.lastError === undefined ? [] : [row("last error", outcome.lastError)]),
    ...(explained.assignments ?? []).map(assignment),
    ...[explained.hold, explained.assignHold].flatMap((hold) => (hold ? [held(hold)] : [])),
    ...(waiting ? [row("waiting", `${waiting.cause} (${waiting.origin}), ${waiting.attempts} attempts so far`)] : []),
    row("next", `${next.does}: ${next.from ?? "-"} -> ${next.to ?? "-"}  (${next.reason})`),
    ...(next.held === undefined ? [] : [row("held", next.held)]),
    ...explained.history.map(({ at, action, detail }) => row("history", `${at}  ${action}  ${JSON.stringify(detail)}`)),
  ];
}

const group = ({ id, displayName, externalId, members, rules }: GroupExplained): readonly string[] => [
  row("group", `${JSON.stringify(displayName)}  ${id}  ${externalId ?? "no externalId"}`),
  row("members", String(members)),
  ...rulesOf(rules),
];

const held = ({ decision, at, from, to, origin }: Hold): string =>
  row("hold", `${decision} since ${at}: ${from ?? "-"} -> ${to}, ${origin}`);

function rulesOf(rules: readonly Match[]): readonly string[] {
  if (rules.length === 0) return [row("rules", "none matches")];
  return rules.map(({ line, role, won, matched }) => {
    return row("rule", `line ${line} of the mapping: ${role} by ${matchedText(matched)}${won ? "  <- wins" : ""}`);
  });
}

function matchedText(matched: Match["matched"]): string {
  if (matched.kind === "group") return `group ${JSON.stringify(matched.group.displayName)}`;
  return matched.kind === "everybody" ? "its own attributes" : `${matched.attribute} ${JSON.stringify(matched.value)}`;
}

function assignment({ kind, name, role, line, state }: AssignmentExplained): string {
  const by = line === undefined ? "" : `  (line ${line} of the mapping)`;
  return row(kind, `${JSON.stringify(name)}${role === undefined ? "" : ` as ${role}`}  ${state}${by}`);
}
