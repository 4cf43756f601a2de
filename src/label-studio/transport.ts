import { BridgeError } from "../errors.js";
import { Agent, type Dispatcher } from "undici";
import type { Emit } from "../events.js";
import type { Clock, Errand, PaceReport, Permit, Principal } from "../ports.js";
import { Auth } from "./auth.js";
import { exchange, outcomeOf, type Call, type Exchange, type Line } from "./exchange.js";
import { ALWAYS, isPermitted } from "./permit.js";
import { MAX_IN_FLIGHT, Pace } from "./pace.js";
import { failure } from "./refusal.js";

const GET_TRIES = 3;
const FIRST_BACKOFF_MS = 250;
/** A 429 says that nothing was carried out, so any call may be sent again once the pause is over. */
const REPEATS_AFTER_429 = 3;
const TIMEOUT_MS = 10_000;

export interface TransportOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly maxRps: number;
  readonly clock: Clock;
  readonly emit: Emit;
  /** 0 ≤ n < 1, for jitter. */
  readonly random: () => number;
  readonly dispatcher?: Dispatcher;
  readonly timeoutMs?: number;
  /** undefined: calls may always go out. */
  readonly permit?: Permit;
}

interface Answer {
  readonly status: number;
  readonly json: unknown;
}

/** What the endpoints need of it. */
export type Caller = Pick<Transport, "call">;

/** Calls with the key's authority, at the pace, with the only retries that are safe without knowing what is asked. */
export class Transport {
  readonly #line: Line;
  readonly #pace: Pace;
  readonly #auth: Auth;
  readonly #random: () => number;
  /** Each read that backs off has its own: of more than ten listeners on one signal Node warns as of a leak. */
  readonly #resting = new Set<AbortController>();
  #closed = false;
  readonly #agent: Agent;

  constructor(options: TransportOptions) {
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.#agent = new Agent({ connections: MAX_IN_FLIGHT, pipelining: 1, connect: { timeout: timeoutMs } });
    const { origin, pathname } = new URL(options.url);
    this.#line = {
      baseUrl: `${origin}${pathname.replace(/\/+$/, "")}`,
      dispatcher: options.dispatcher ?? this.#agent,
      timeoutMs,
      permit: options.permit ?? ALWAYS,
      clock: options.clock,
      emit: options.emit,
      newCallId: callIds(options),
    };
    this.#pace = new Pace(options.maxRps, options.clock);
    this.#random = options.random;
    this.#auth = new Auth(options.apiKey, options.clock, (body) => this.#refresh(body));
  }

  get keyKind(): Principal["keyKind"] {
    return this.#auth.keyKind;
  }

  pace(): PaceReport {
    return this.#pace.report();
  }

  /** Answers 2xx and the statuses of `alsoFine`; everything else is thrown as BridgeError. */
  async call(call: Call): Promise<Answer> {
    for (let tries = 1; ; tries += 1) {
      const result = await this.#authorized(call);
      if (call.method !== "GET" || outcomeOf(result) !== "unavailable" || isRedirect(result) || tries === GET_TRIES) {
        return this.#judge(call, result);
      }
      await this.#rest(this.#backoffMs(tries));
    }
  }

  /** The same for one errand: what its calls tell names it. */
  on(errand: Errand | undefined): Caller {
    return { call: (call) => this.call(errand === undefined ? call : { ...call, errand }) };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const rest of this.#resting) rest.abort(CLOSED);
    this.#pace.close();
    await this.#agent.destroy();
  }

  async #rest(ms: number): Promise<void> {
    if (this.#closed) return;
    const rest = new AbortController();
    this.#resting.add(rest);
    await this.#line.clock.sleep(ms, rest.signal);
    this.#resting.delete(rest);
  }

  /** One renewal on any 401: an expired token and a missing one look the same (contract 1.3). */
  async #authorized(call: Call): Promise<Exchange> {
    let used = "";
    const header = (): string => (used = this.#auth.header());
    await this.#auth.ready();
    const result = await this.#paced(call, header);
    if (outcomeOf(result) !== "unauthorized" || !(await this.#auth.renewed(used))) return result;
    return this.#paced(call, header);
  }

  async #paced(call: Call, authorization: () => string | undefined): Promise<Exchange> {
    for (let repeats = 0; ; repeats += 1) {
      const result = await this.#pace.run(call.urgency, async (slot) => {
        if (call.stillWanted && !(await call.stillWanted())) throw overtaken(call);
        if (!(await isPermitted(this.#line.permit))) throw withdrawn(call);
        return exchange(this.#line, call, authorization(), slot);
      });
      if (outcomeOf(result) !== "rate-limited" || repeats === REPEATS_AFTER_429) return result;
    }
  }

  /** Everybody waits for the one renewal, so it goes first. The endpoint takes no Authorization header (contract 1.2). */
  async #refresh(body: { readonly refresh: string }): Promise<unknown> {
    const path = "/api/token/refresh/";
    const call: Call = { name: "token.refresh", method: "POST", path, body, urgency: "leaver" };
    return this.#judge(call, await this.#paced(call, () => undefined)).json;
  }

  #judge(call: Call, result: Exchange): Answer {
    if (result.kind === "answer") {
      if (outcomeOf(result) === "ok" || call.alsoFine?.includes(result.status) === true) return result;
    }
    throw failure(call, result, (words) => this.#auth.redact(words), this.#pace.pausedForMs());
  }

  /** Doubles, between half and the whole of it, so that callers who failed together do not come back together. */
  #backoffMs(tries: number): number {
    return FIRST_BACKOFF_MS * 2 ** (tries - 1) * (0.5 + this.#random() / 2);
  }
}

function callIds({ clock, random }: TransportOptions): () => string {
  const term = `${clock.now()}-${random()}`;
  let calls = 0;
  return () => `${term}-${(calls += 1)}`;
}
// Without a reason each abort makes an error with a stack.
const CLOSED = "closed";

const overtaken = (call: Call): BridgeError =>
  new BridgeError("VERSION_CONFLICT", `${call.name}: not sent, a newer change of this person has arrived`);

const withdrawn = (call: Call): BridgeError =>
  new BridgeError("TARGET_UNAVAILABLE", `${call.name}: not sent, another process of the bridge does this now`);

const isRedirect = (result: Exchange): boolean =>
  result.kind === "answer" && result.status >= 300 && result.status < 400;
