// Several processes on one database: all serve SCIM, one runs the loop.
import type { Sandbox } from "../../src/sandbox/index.js";
import { group, UNLIMITED } from "./bridge.js";
import { ADMIN_TOKEN, get, scim, settingsFor, until, type Program, type Workplace } from "./program.js";

export interface Running {
  readonly program: Program;
  readonly url: string;
}

export async function startOne(here: Workplace, sandbox: Sandbox): Promise<Running> {
  const MAPPING_FILE = await here.write("unlimited.yaml", UNLIMITED);
  const program = here.start({ ...settingsFor(sandbox), MAPPING_FILE }, "serve");
  return { program, url: await program.listening() };
}

export async function stateOf({ url }: Running): Promise<string> {
  const { text } = await get(`${url}/admin/api/status`, ADMIN_TOKEN);
  return (JSON.parse(text) as { labelStudio: { state: string } }).labelStudio.state;
}

export const untilState = (running: Running, state: string, withinMs?: number): Promise<true> =>
  until(
    async () => (await stateOf(running)) === state || undefined,
    () => state,
    withinMs,
  );

/** Who runs the loop and has reached Label Studio. */
export const holderOf = (fleet: readonly Running[], withinMs?: number): Promise<Running> =>
  until(
    async () => {
      const states = await Promise.all(fleet.map(stateOf));
      return fleet[states.indexOf("ok")];
    },
    () => "a holder of the loop",
    withinMs,
  );

export const untilRole = (sandbox: Sandbox, userName: string, role: string, withinMs?: number): Promise<true> =>
  until(
    () => sandbox.member(userName)?.role === role || undefined,
    () => `${userName} as ${role}, is ${JSON.stringify(sandbox.member(userName))}`,
    withinMs,
  );

/** Not in the middle of a commit: it would keep what it has locked, and nobody else could write until it wakes. */
export async function putToSleep(sleeper: Running, other: Running): Promise<void> {
  for (;;) {
    process.kill(sleeper.program.pid, "SIGSTOP");
    const answer = await scim(other.url, "POST", "/Groups", group(`asleep at ${Date.now()}`));
    if (answer.status === 201) return;
    process.kill(sleeper.program.pid, "SIGCONT");
  }
}

export const wake = ({ program }: Running): void => void process.kill(program.pid, "SIGCONT");
