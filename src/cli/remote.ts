// The operations of a running bridge, over its admin API.
import { request } from "undici";
import type { Status } from "../admin/index.js";
import { BridgeError } from "../errors.js";
import type { Operations } from "../operator/index.js";

export interface Remote extends Operations {
  status(): Promise<Status>;
}

/** CONFIG_INVALID where HOST and PORT make no address; `--url` has been looked at before. */
export function apiAt(url: string): string {
  if (!URL.canParse(url)) throw new BridgeError("CONFIG_INVALID", `HOST and PORT make no address: ${url}.`);
  return `${url.replace(/\/+$/, "")}/admin/api`;
}

/** Nobody listens at the address, so that nothing of a request has arrived anywhere. */
export const isNobodyThere = (error: unknown): boolean =>
  error instanceof BridgeError && error.facts.reason === REFUSED;

const REFUSED = "ECONNREFUSED";

/** What fails throws NOT_FOUND with one line that says why. */
export function remoteOperations(url: string, token: string): Remote {
  const base = apiAt(url);
  const get = (path: string): Promise<unknown> => send(base, token, "GET", path);
  const post = (path: string, body: unknown): Promise<unknown> => send(base, token, "POST", path, body);
  const field = async (answer: Promise<unknown>, name: string): Promise<unknown> =>
    ((await answer) as Readonly<Record<string, unknown>>)[name];
  const remote: { readonly [Name in keyof Remote]: (...args: Parameters<Remote[Name]>) => Promise<unknown> } = {
    status: () => get("/status"),
    counts: () => get("/status"),
    people: (state, afterId) => field(get(`/people?state=${state}&after=${encodeURIComponent(afterId)}`), "people"),
    holds: (afterId) => field(get(`/holds?after=${encodeURIComponent(afterId)}`), "holds"),
    seats: () => get("/seats"),
    decide: (chosen, decision) =>
      field(
        post(decision === "approved" ? "/holds/approve" : "/holds/reject", chosen === "all" ? { all: true } : chosen),
        "people",
      ),
    pause: (all) => post("/pause", { all }),
    resume: () => field(post("/resume", {}), "paused"),
    retry: () => field(post("/retry", {}), "people"),
    plan: (mapping) => (mapping === undefined ? get("/plan") : post("/plan", mapping)),
    reconcile: (digest) => unlessAnswered("409", field(post("/reconcile", { expect: digest }), "people")),
    explain: (subject) => unlessAnswered("404", get(`/explain?of=${encodeURIComponent(subject)}`)),
    forget: (address) => post("/forget", { address }),
    tokens: () => field(get("/tokens"), "tokens"),
    createToken: (asked) => post("/tokens", asked),
    revokeToken: async (which, all) => {
      const path = `/tokens/${encodeURIComponent(which)}?all=${all}`;
      return (await unlessAnswered("404", field(send(base, token, "DELETE", path), "revoked"))) ?? [];
    },
  };
  return remote as Remote;
}

async function send(
  base: string,
  token: string,
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: unknown,
): Promise<unknown> {
  const isText = typeof body === "string";
  const { statusCode, body: answer } = await request(`${base}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "content-type": isText ? "application/yaml" : "application/json" }),
    },
    body: body === undefined ? null : isText ? body : JSON.stringify(body),
  }).catch((error: NodeJS.ErrnoException) => {
    throw new BridgeError("NOT_FOUND", `Cannot reach ${base}: ${error.message}`, { reason: error.code ?? "" });
  });
  const text = await answer.text();
  const read = statusCode === 200 ? asJson(text) : undefined;
  if (read !== undefined) return read;
  if (statusCode === 200) throw new BridgeError("NOT_FOUND", `${base} is no bridge: it does not answer with JSON.`);
  throw new BridgeError(
    "NOT_FOUND",
    `${base}${path.replace(/\?.*/, "")} answered ${statusCode}${hint(statusCode, text)}.`,
    {
      reason: String(statusCode),
    },
  );
}

const WITHOUT_TOKEN = "the bridge runs without ADMIN_TOKEN";

function hint(statusCode: number, text: string): string {
  if (statusCode === 401) return " (wrong token)";
  const { error } = asRecord(text);
  if (statusCode === 404 && error === "Nothing here. SCIM is at /scim/v2.") return ` (${WITHOUT_TOKEN})`;
  return typeof error === "string" ? `: ${error.replace(/\.$/, "")}` : "";
}

const asRecord = (text: string) => (asJson(text) ?? {}) as Readonly<Record<string, unknown>>;

/** undefined: it is none. */
function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The status that says that there is nothing to answer. */
async function unlessAnswered(status: string, answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof BridgeError && error.facts.reason === status && !error.message.includes(WITHOUT_TOKEN))
      return undefined;
    throw error;
  }
}
