// The commands of operators: each asks a running bridge, or the store itself.
import type { Command } from "commander";
import { askedForJson } from "./asked.js";
import { auditCommands } from "./audit.js";
import { drift } from "./drift.js";
import { explain } from "./explain.js";
import { decideHolds, listHolds, type DecideOptions } from "./holds.js";
import type { Io } from "./io.js";
import type { Asked } from "./operator.js";
import { forget, pause, resume, retry, type PauseOptions } from "./pause.js";
import { plan, type PlanOptions } from "./plan.js";
import { reconcile, type ReconcileOptions } from "./reconcile.js";
import { seats } from "./seats.js";
import { status, type StatusOptions } from "./status.js";

export function operatorCommands(program: Command, io: Io, done: (code: number) => void): void {
  askedForJson(program.command("status"))
    .description("people by state, and whether it is paused")
    .option("--people", "also who is held or failing, and why", false)
    .action(async (options: StatusOptions) => done(await status(options, io)));
  askedForJson(program.command("plan"))
    .description("what would change for everybody known; writes nothing")
    .option("--mapping <file>", "under this mapping instead of the one in force")
    .action(async (options: PlanOptions) => done(await plan(options, io)));
  askedForJson(program.command("drift"))
    .description("whose role was changed at Label Studio and is left so")
    .action(async (options: Asked) => done(await drift(options, io)));
  askedForJson(program.command("reconcile"))
    .description("look at everybody now, or carry out exactly the plan of a digest")
    .option(
      "--expect <digest>",
      "as `plan` shows it: what a limit holds of it is approved, and anything else is refused",
    )
    .option("--wait", "until nobody is pending any more; shows how far it is", false)
    .action(async (options: ReconcileOptions) => done(await reconcile(options, io)));
  askedForJson(program.command("explain"))
    .description("why a person has their role, or which rules name a group")
    .argument("<subject>", "userName, e-mail or id of a person; name or id of a group")
    .action(async (subject: string, options: Asked) => done(await explain(subject, options, io)));
  holdsCommands(program, io, done);
  auditCommands(program, io, done);
  askedForJson(program.command("seats"))
    .description("licensed seats: how many are free, who waits for one, how often they changed hands")
    .action(async (options: Asked) => done(await seats(options, io)));
  askedForJson(program.command("pause"))
    .description("store everything, send nothing but deactivations")
    .option("--all", "not even deactivations", false)
    .action(async (options: PauseOptions) => done(await pause(options, io)));
  askedForJson(program.command("resume"))
    .description("send again")
    .action(async (options: Asked) => done(await resume(options, io)));
  askedForJson(program.command("retry"))
    .description("try whoever is failing now")
    .action(async (options: Asked) => done(await retry(options, io)));
  askedForJson(program.command("forget"))
    .description("erase what is kept of somebody deleted over SCIM")
    .argument("<address>", "their userName or e-mail")
    .action(async (address: string, options: Asked) => done(await forget(address, options, io)));
}

function holdsCommands(program: Command, io: Io, done: (code: number) => void): void {
  const holds = program.command("holds").description("changes that wait for a decision, because they were too many");
  askedForJson(holds.command("list", { isDefault: true }))
    .description("who is held, by what made it necessary")
    .action(async (options: Asked) => done(await listHolds(options, io)));
  for (const [name, decision, what] of [
    ["approve", "approved", "let held changes go"],
    ["reject", "rejected", "leave these people as they are"],
  ] as const)
    askedForJson(holds.command(name))
      .description(what)
      .argument("[people...]", "userNames, e-mails or ids")
      .option("--origin <origin>", "everybody held for this origin")
      .option("--all", "everybody held", false)
      .action(async (people: string[], options: DecideOptions) =>
        done(await decideHolds(decision, people, options, io)),
      );
}
