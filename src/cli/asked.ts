import { InvalidArgumentError, type Command } from "commander";

/** Where to ask. */
export const asked = (command: Command): Command =>
  command
    .option("--url <url>", "where the bridge listens", webAddress)
    .option("--token <token>", "the operator's token; without it and ADMIN_TOKEN the store itself is asked");

/** The same, and how to be answered. */
export const askedForJson = (command: Command): Command => asked(command).option("--json", "machine-readable", false);

function webAddress(text: string): string {
  if (!URL.canParse(text) || !["http:", "https:"].includes(new URL(text).protocol))
    throw new InvalidArgumentError("Say it such as http://127.0.0.1:8080.");
  return text;
}
