import { readFile } from "node:fs/promises";
import { Command, CommanderError } from "commander";
import { readClientSettings, readEnvironment } from "../config.js";
import { hasCode } from "../errors.js";
import { backup } from "./backup.js";
import { check } from "./check.js";
import { operatorCommands } from "./commands.js";
import { doctor } from "./doctor.js";
import { importLse } from "./import-lse.js";
import { EXIT, type Io } from "./io.js";
import { membersCommand } from "./members.js";
import { sandbox } from "./sandbox.js";
import { refuse, serve } from "./serve.js";
import { tokenCommands } from "./token.js";

export type { Io } from "./io.js";

/** Runs one command line (without node and script) and answers its exit code. */
export async function run(args: readonly string[], version: string, io: Io): Promise<number> {
  let code: number = EXIT.fine;
  const program = commandLine(version, io, (result) => (code = result));
  try {
    await program.parseAsync(args.length === 0 ? ["help"] : [...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    if (hasCode(error, "CONFIG_INVALID")) return refuse(io, [error.message]);
    throw error;
  }
}

function commandLine(version: string, io: Io, done: (code: number) => void): Command {
  const trimmed = (write: (line: string) => void) => (text: string) => write(text.replace(/\n$/, ""));
  const program = new Command("label-studio-scim-bridge")
    .description("SCIM 2.0 provisioning from identity providers to Label Studio Enterprise")
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: trimmed(io.out), writeErr: trimmed(io.err) })
    .showHelpAfterError("Run with --help to see what is accepted.");

  program
    .command("serve")
    .description("run the bridge; settings come from the environment and .env")
    .option("--sandbox", "try it out: with an emulated Label Studio, a fresh store and a token made up on the spot")
    .action(async (options: { sandbox?: boolean }) => done(await (options.sandbox ? sandbox(io) : serve(io))));
  program
    .command("check")
    .description("validate a mapping file: problems with line and column")
    .argument("[file]", "mapping file; MAPPING_FILE when absent")
    .option("--json", "machine-readable", false)
    .action(async (file: string | undefined, options: { json: boolean }) => {
      const path = file ?? readClientSettings(readEnvironment(io.environment)).mappingFile;
      done(await check({ file: path, json: options.json }, io, (name) => readFile(name, "utf8")));
    });
  program
    .command("doctor")
    .description("look at key, role, organisation, seats, clock, store and mapping; writes nothing")
    .option("--json", "machine-readable", false)
    .action(async (options: { json: boolean }) => done(await doctor(options, io)));
  program
    .command("import-lse")
    .description("Label Studio's own SCIM and SAML role mappings as a mapping file; writes nothing there")
    .option("--json", "machine-readable", false)
    .action(async (options: { json: boolean }) => done(await importLse(options, io)));
  membersCommand(program, io, done);
  program
    .command("backup")
    .description("a copy of the SQLite database, also while it is served")
    .argument("<file>", "where to write it; never over another file")
    .action(async (file: string) => done(await backup(file, io)));
  operatorCommands(program, io, done);
  tokenCommands(program, io, done);
  return program;
}
