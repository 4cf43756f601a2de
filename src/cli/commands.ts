// The commands of operators: each asks a running bridge, or the store itself.
import type { Command } from "commander";
import { auditCommands } from "./audit.js";
import { drift } from "./drift.js";
import { explain } from "./explain.js";
import { decideHolds, listHolds, type DecideOptions, type HoldsOptions } from "./holds.js";
import type { Io } from "./io.js";
import type { Where } from "./operator.js";
import { forget, pause, resume, retry } from "./pause.js";
import { plan, type PlanOptions } from "./plan.js";
import { reconcile, type ReconcileOptions } from "./reconcile.js";
import { seats, type SeatsOptions } from "./seats.js";
import { status, type StatusOptions } from "./status.js";

/** Where to ask. */
export const asked = (command: Command): Command =>
  command
    .option("--url <url>", "where the bridge listens")
    .option("--token <token>", "the operator's token; without it and ADMIN_TOKEN the store itself is asked");

export function operatorCommands(program: Command, io: Io, done: (code: number) => void): void {
  asked(program.command("status"))
    .description("people by state, and whether it is paused")
    .option("--people", "also who is held or failing, and why", false)
    .option("--json", "machine-readable", false)
    .action(async (options: StatusOptions) => done(await status(options, io)));
  asked(program.command("plan"))
    .description("what would change for everybody known; writes nothing")
    .option("--mapping <file>", "under this mapping instead of the one in force")
    .option("--json", "machine-readable", false)
    .action(async (options: PlanOptions) => done(await plan(options, io)));
  asked(program.command("drift"))
    .description("whose role was changed at Label Studio and is left so")
    .option("--json", "machine-readable", false)
    .action(async (options: Where & { json: boolean }) => done(await drift(options, io)));
  asked(program.command("reconcile"))
    .description("look at everybody now, or carry out exactly the plan of a digest")
    .option(
      "--expect <digest>",
      "as `plan` shows it: what a limit holds of it is approved, and anything else is refused",
    )
    .option("--wait", "until nobody is pending any more; shows how far it is", false)
    .action(async (options: ReconcileOptions) => done(await reconcile(options, io)));
  asked(program.command("explain"))
    .description("why a person has their role, or which rules name a group")
    .argument("<subject>", "userName, e-mail or id of a person; name or id of a group")
    .option("--json", "machine-readable", false)
    .action(async (subject: string, options: Where & { json: boolean }) => done(await explain(subject, options, io)));
  holdsCommands(program, io, done);
  auditCommands(program, io, done);
  asked(program.command("seats"))
    .description("licensed seats: how many are free, who waits for one, how often they changed hands")
    .option("--json", "machine-readable", false)
    .action(async (options: SeatsOptions) => done(await seats(options, io)));
  asked(program.command("pause"))
    .description("store everything, send nothing but deactivations")
    .option("--all", "not even deactivations", false)
    .action(async (options: Where & { all: boolean }) => done(await pause(options, io)));
  asked(program.command("resume"))
    .description("send again")
    .action(async (options: Where) => done(await resume(options, io)));
  asked(program.command("retry"))
    .description("try whoever is failing now")
    .action(async (options: Where) => done(await retry(options, io)));
  asked(program.command("forget"))
    .description("erase what is kept of somebody deleted over SCIM")
    .argument("<address>", "their userName or e-mail")
    .action(async (address: string, options: Where) => done(await forget(address, options, io)));
}

function holdsCommands(program: Command, io: Io, done: (code: number) => void): void {
  const holds = program.command("holds").description("changes that wait for a decision, because they were too many");
  asked(holds.command("list", { isDefault: true }))
    .description("who is held, by what made it necessary")
    .option("--json", "machine-readable", false)
    .action(async (options: HoldsOptions) => done(await listHolds(options, io)));
  for (const [name, decision, what] of [
    ["approve", "approved", "let held changes go"],
    ["reject", "rejected", "leave these people as they are"],
  ] as const)
    asked(holds.command(name))
      .description(what)
      .argument("[people...]", "userNames, e-mails or ids")
      .option("--origin <origin>", "everybody held for this origin")
      .option("--all", "everybody held", false)
      .action(async (people: string[], options: DecideOptions) =>
        done(await decideHolds(decision, people, options, io)),
      );
}
