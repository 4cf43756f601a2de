import type { HeldPerson, PersonOutcome } from "../ports.js";
import type { Operations } from "../operator/index.js";
import { EXIT, type Io } from "./io.js";
import { everyPage, withOperations, type Asked } from "./operator.js";

export interface DecideOptions extends Asked {
  readonly all: boolean;
  readonly origin?: string;
}

/** Exit code 4 while something waits for a decision. */
export const listHolds = (options: Asked, io: Io): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const holds = [...(await everyPage((after, limit) => operations.holds(after, limit)))].sort(leaversFirst);
    const ids = new Set(holds.map(({ personId }) => personId));
    const people = await everyPage((after, limit) => operations.people("held", after, limit));
    const isProtected = people.filter(({ personId }) => !ids.has(personId)).sort(whoLeavesFirst);
    if (options.json) io.out(JSON.stringify({ holds, protected: isProtected }, undefined, 2));
    else print(holds, io);
    if (!options.json)
      for (const { userName, personId, role, desiredRole, reason } of isProtected)
        io.out(`${labelOf(reason)}  ${userName ?? personId}  ${role ?? "-"} -> ${desiredRole ?? "-"}  ${reason}`);
    return holds.some(({ decision }) => decision === "waiting") ? EXIT.held : EXIT.fine;
  });

/** Exit code 1 when nothing waited that was meant. */
export const decideHolds = (
  decision: "approved" | "rejected",
  people: readonly string[],
  options: DecideOptions,
  io: Io,
): Promise<number> =>
  withOperations(options, io, async (operations) => {
    const ways = [options.all, options.origin !== undefined, people.length > 0].filter((given) => given);
    if (ways.length !== 1) {
      io.err("Say whom in one way: names of people, --origin <origin> as `holds list` shows it, or --all.");
      return EXIT.usage;
    }
    const ids = await idsOf(operations, people, io);
    if (ids === undefined) return EXIT.problems;
    const chosen = options.all ? "all" : options.origin !== undefined ? { origin: options.origin } : { people: ids };
    const decided = await operations.decide(chosen, decision);
    if (options.json) io.out(JSON.stringify({ decision, people: decided }, undefined, 2));
    else io.out(`${decision} for ${decided} ${decided === 1 ? "person" : "people"}`);
    return decided > 0 ? EXIT.fine : EXIT.problems;
  });

async function idsOf(
  operations: Operations,
  people: readonly string[],
  io: Io,
): Promise<readonly string[] | undefined> {
  const ids: string[] = [];
  for (const name of people) {
    const explained = await operations.explain(name);
    if (explained?.kind !== "person") {
      io.err(`Nobody is known as ${name}.`);
      return undefined;
    }
    ids.push(explained.personId);
  }
  return ids;
}

/** Who waits for a seat is not protected from anything. */
const labelOf = (reason: string): string => (reason.startsWith("protected") ? "protected" : "held     ");

/** Of whom nobody can approve: whoever has left and works on is the most urgent. */
export const whoLeavesFirst = (a: PersonOutcome, b: PersonOutcome): number => Number(leaves(b)) - Number(leaves(a));

const leaves = ({ userName, desiredRole }: PersonOutcome): boolean => userName === undefined || desiredRole === "DI";

const leaversFirst = (a: HeldPerson, b: HeldPerson): number =>
  Number(b.effect === "leave") - Number(a.effect === "leave") ||
  (a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0);

/** Of those held one after the other the last has the numbers of all. */
const reasonsOf = (together: readonly HeldPerson[]): readonly string[] => [
  ...new Map(
    together.toSorted((a, b) => (a.at < b.at ? -1 : 1)).map(({ effect, reason }) => [effect, reason]),
  ).values(),
];

function print(holds: readonly HeldPerson[], io: Io): void {
  if (holds.length === 0) io.out("Nothing waits for a decision.");
  for (const origin of new Set(holds.map((hold) => hold.origin))) {
    const together = holds.filter((hold) => hold.origin === origin);
    const name = together[0]?.groupName;
    io.out(`${origin}${name === undefined ? "" : ` ${JSON.stringify(name)}`}: ${together.length} held`);
    for (const reason of reasonsOf(together)) io.out(`  ${reason}`);
    for (const { decision, userName, personId, from, to } of together)
      io.out(`  ${decision.padEnd(8)}  ${userName ?? `deleted ${personId}`}  ${from ?? "-"} -> ${to}`);
  }
}
