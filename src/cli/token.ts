// What identity providers prove themselves with: made, listed and revoked at a running bridge, or in its store.
import type { Command } from "commander";
import { USUAL_LIFETIME, type CredentialAsked, type CredentialDesk, type ShownCredential } from "../access/index.js";
import { openCredentialDesk } from "../beside.js";
import { readClientSettings, readEnvironment } from "../config.js";
import { BridgeError } from "../errors.js";
import { asked } from "./asked.js";
import { isThere, mustExist } from "./database.js";
import { EXIT, type Io } from "./io.js";
import type { Where } from "./operator.js";
import { isNobodyThere, remoteOperations } from "./remote.js";

interface Shown extends Where {
  readonly json: boolean;
}

export function tokenCommands(program: Command, io: Io, done: (code: number) => void): void {
  const token = program.command("token").description("tokens and clients that identity providers come in by");
  asked(token.command("list", { isDefault: true }))
    .description("who has one, when it was last used and when it expires")
    .option("--json", "machine-readable", false)
    .action(async (options: Shown) => done(await list(options, io)));
  asked(token.command("create"))
    .description("a new one, shown once; two of a name can be live, so that they can be exchanged")
    .requiredOption("--name <name>", "who is to have it; what logs and the audit log call them")
    .option("--kind <kind>", "token: sent with every request; client: id and secret for /oauth/token", "token")
    .option("--expires <duration>", "how long it lasts, such as 180d, or never", USUAL_LIFETIME)
    .option("--json", "machine-readable", false)
    .action(async (options: Shown & CredentialAsked) => done(await create(options, io)));
  asked(token.command("revoke"))
    .description("refused within seconds, by every process; what a client obtained by it too")
    .argument("<token>", "its id, or the name")
    .option("--all", "both, where two are called so", false)
    .action(async (which: string, options: Where & { all: boolean }) => done(await revoke(which, options, io)));
}

const list = ({ json, ...where }: Shown, io: Io): Promise<number> =>
  atDesk(where, io, "keep", async (desk) => {
    const tokens = await desk.tokens();
    if (json) io.out(JSON.stringify({ tokens }, undefined, 2));
    else if (tokens.length === 0) io.out("There is no managed token; make one with `token create --name <name>`.");
    else print(tokens, io);
    return EXIT.fine;
  });

const create = ({ name, kind, expires, json, ...where }: Shown & CredentialAsked, io: Io): Promise<number> => {
  if (kind !== "token" && kind !== "client") {
    io.err("--kind is token or client.");
    return Promise.resolve(EXIT.usage);
  }
  return atDesk(where, io, "make", async (desk) => {
    const made = await desk.createToken({ name, kind, expires });
    if (json) io.out(JSON.stringify(made, undefined, 2));
    else {
      if (made.clientId !== undefined) io.out(`client id  ${made.clientId}`);
      io.out(`${kind === "client" ? "secret   " : "token    "}  ${made.secret}`);
      io.out(`id         ${made.id}`);
      io.out(`expires    ${made.expiresAt ?? "never"}`);
      io.err("It is shown this once: the store has its digest only.");
    }
    return EXIT.fine;
  });
};

const revoke = (which: string, { all, ...where }: Where & { readonly all: boolean }, io: Io): Promise<number> =>
  atDesk(where, io, "keep", async (desk) => {
    const revoked = await desk.revokeToken(which, all);
    for (const { id, kind, name } of revoked) io.out(`revoked ${kind} ${name} ${id}`);
    if (revoked.length === 0) io.err(`No token is called ${which}.`);
    return revoked.length > 0 ? EXIT.fine : EXIT.problems;
  });

function print(tokens: readonly ShownCredential[], io: Io): void {
  const rows = tokens.map(({ id, name, kind, createdAt, lastUsedAt, expiresAt, state }) => [
    id,
    name,
    kind,
    createdAt,
    lastUsedAt ?? "never",
    (expiresAt ?? "never") + (state === "live" ? "" : ` (${state})`),
  ]);
  const all = [["id", "name", "kind", "created", "last used", "expires"], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of all)
    io.out(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

type Work = (desk: CredentialDesk) => Promise<number>;

/** `make`: the store need not be there yet. */
async function atDesk(where: Where, io: Io, store: "make" | "keep", work: Work): Promise<number> {
  try {
    return await atEither(where, io, store, work);
  } catch (error) {
    if (!(error instanceof BridgeError) || error.code === "CONFIG_INVALID") throw error;
    io.err(error.message);
    const isAnswer =
      ["INVALID_VALUE", "UNIQUENESS"].includes(error.code) || ["400", "409"].includes(error.facts.reason ?? "");
    return isAnswer ? EXIT.problems : EXIT.unreachable;
  }
}

/** The running bridge's, or, without any token for it or before its first start, the store's: no mapping is needed. */
async function atEither({ url, token }: Where, io: Io, store: "make" | "keep", work: Work): Promise<number> {
  const { adminToken, databaseUrl, url: usual } = readClientSettings(readEnvironment(io.environment));
  const onStore = async (): Promise<number> => {
    const desk = await openCredentialDesk(databaseUrl);
    return work(desk).finally(() => desk.close());
  };
  const secret = token ?? adminToken;
  if (secret === undefined && url === undefined) {
    if (store === "keep") mustExist(databaseUrl);
    return onStore();
  }
  return work(remoteOperations(url ?? usual, secret ?? "")).catch((error: unknown) => {
    const isMeant = url !== undefined || token !== undefined;
    if (isMeant || !isNobodyThere(error) || (store === "keep" && !isThere(databaseUrl))) throw error;
    // A bridge does not start before there is a token.
    io.err(`No bridge runs at ${usual}: this is about its store.`);
    return onStore();
  });
}
