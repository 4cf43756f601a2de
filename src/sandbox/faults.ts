import { invalid, json, refused, type Answer, type ValidationErrors } from "./answers.js";
import { NO_CREDENTIALS } from "./auth.js";
import { tooMany } from "./throttle.js";

/** What goes wrong. `afterEffect`: the request is carried out first, then its answer is lost. */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: 500 | 502 | 503 | 504;
      readonly html?: boolean;
      readonly retryAfterSeconds?: number;
      readonly afterEffect?: boolean;
    }
  | { readonly kind: "rate-limited"; readonly retryAfter?: "seconds" | "date" | "none"; readonly seconds?: number }
  | { readonly kind: "reset"; readonly afterEffect?: boolean }
  | { readonly kind: "silence"; readonly afterEffect?: boolean }
  | { readonly kind: "truncated" }
  | { readonly kind: "html" }
  /** 200 and JSON, but of something else. */
  | { readonly kind: "garbage"; readonly body?: unknown; readonly afterEffect?: boolean }
  /** As if the access token had just run out. */
  | { readonly kind: "unauthorized" }
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "forbidden"; readonly detail: string }
  | { readonly kind: "invalid"; readonly errors: ValidationErrors };

/** Which requests it hits: the next one that matches, `times` of them, or each with a probability. */
export interface FaultAim {
  readonly method?: string;
  readonly path?: RegExp | ((path: string, body: unknown) => boolean);
  /** Default 1; without limit when a probability is given. */
  readonly times?: number;
  readonly probability?: number;
}

interface Aimable {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export class Faults {
  #armed: { readonly fault: Fault; readonly aim: FaultAim; left: number }[] = [];
  #random: number;

  constructor(seed: number) {
    this.#random = seed;
  }

  inject(fault: Fault, aim: FaultAim = {}): void {
    const left = aim.times ?? (aim.probability === undefined ? 1 : Infinity);
    this.#armed.push({ fault, aim, left });
  }

  clear(): void {
    this.#armed = [];
  }

  /** The fault that this request meets; the one injected first wins. */
  next(request: Aimable): Fault | undefined {
    const hit = this.#armed.find(({ aim, left }) => left > 0 && hits(aim, request) && this.#strikes(aim));
    if (hit === undefined) return undefined;
    hit.left -= 1;
    this.#armed = this.#armed.filter(({ left }) => left > 0);
    return hit.fault;
  }

  #strikes({ probability }: FaultAim): boolean {
    return probability === undefined || this.#nextRandom() < probability;
  }

  // mulberry32: small, seedable, good enough to scatter faults the same way in every run.
  #nextRandom(): number {
    this.#random = (this.#random + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#random ^ (this.#random >>> 15), 1 | this.#random);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

function hits({ method, path }: FaultAim, request: Aimable): boolean {
  if (method !== undefined && method !== request.method) return false;
  if (path === undefined) return true;
  return path instanceof RegExp ? path.test(request.path) : path(request.path, request.body);
}

/** True when the request is carried out although its answer is spoilt. */
export function hasEffect(fault: Fault): boolean {
  switch (fault.kind) {
    case "status":
    case "reset":
    case "silence":
    case "garbage":
      return fault.afterEffect === true;
    case "truncated":
    case "slow":
      return true;
    case "rate-limited":
    case "html":
    case "unauthorized":
    case "forbidden":
    case "invalid":
      return false;
  }
}

const GATEWAY = { 500: "Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Time-out" };

/** The answer put in place of the true one; undefined: the true one goes out, or none at all. */
export function falseAnswer(fault: Fault, nowMs: number): Answer | undefined {
  switch (fault.kind) {
    case "status": {
      const title = GATEWAY[fault.status];
      if (fault.html === true) return { kind: "html", status: fault.status, title: `${fault.status} ${title}` };
      const seconds = fault.retryAfterSeconds;
      return refused(fault.status, title, seconds === undefined ? {} : { "retry-after": String(seconds) });
    }
    case "rate-limited":
      return tooMany(fault.retryAfter ?? "seconds", nowMs, fault.seconds ?? 1);
    case "html":
      return { kind: "html", status: 200, title: "Log in" };
    case "garbage":
      return json(200, fault.body ?? { message: "OK" });
    case "unauthorized":
      return NO_CREDENTIALS;
    case "forbidden":
      return refused(403, fault.detail);
    case "invalid":
      return invalid(fault.errors);
    case "reset":
    case "silence":
    case "truncated":
    case "slow":
      return undefined;
  }
}
