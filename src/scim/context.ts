import { randomUUID } from "node:crypto";
import type { Request, Response } from "express";
import type { Emit } from "../events.js";
import type { Clock, Lane, Store } from "../ports.js";
import { routeOf, type Route } from "./route.js";

export type Sender = string | { readonly kind: "ended" } | undefined;

/** Who may come in. */
export interface Gate {
  /**
   * The name of whose token this is; `ended`: of one that was somebody's and is no guess. A promise where that has to be
   * verified first. STORE_UNAVAILABLE: it cannot be told.
   */
  identify(token: string): Sender | Promise<Sender>;
  /** Counts what was refused to this address; 0, or for how many milliseconds it has had its share. */
  refuse(address: string | undefined): number;
}

export interface ScimOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly emit: Emit;
  /** A new SCIM id; `name` is the userName or displayName, for demos with stable ids. */
  readonly newId: (name: string) => string;
  /** How the IdP sees the bridge, e.g. `https://scim.example.com`, without a trailing slash. */
  readonly publicUrl: () => string;
  readonly access: Gate;
  /** Requests a second of each token's name; 0 for no limit. */
  readonly maxRps: number;
  /** Called after a commit that put people into the outbox. */
  readonly onWork: (lane: Lane) => void;
}

export type QueryParameters = Readonly<Record<string, unknown>>;

/** What the resources know of one request: the only way in which options reach them, as scimmy's registry is process-wide. */
export interface RequestContext {
  readonly options: ScimOptions;
  readonly requestId: string;
  /** `<publicUrl>/scim/v2`, never taken from the Host header. */
  readonly baseUrl: string;
  readonly query: QueryParameters;
  readonly ifMatch: string | undefined;
  readonly traceparent: string | undefined;
  readonly route: Route;
  /** Name of the token, once authenticated. */
  token: string | undefined;
  /** ETag of the answer, and Location when the resource is new (RFC 7644 §3.3, §3.14). */
  announce(version: string, newLocation?: string): void;
}

const contexts = new WeakMap<Request, RequestContext>();

export function contextOf(req: Request): RequestContext {
  const context = contexts.get(req);
  if (!context) throw new Error(`${req.method} ${req.path} reached a handler without passing openRequest.`);
  return context;
}

/** Gives the request its id and context, and reports it when it is over. */
export function openRequest(options: ScimOptions, req: Request, res: Response): RequestContext {
  const context = createContext(options, req, res);
  const { requestId } = context;
  const startedAt = options.clock.now();
  contexts.set(req, context);
  res.setHeader("X-Request-Id", requestId);
  // People's names are nothing for caches on the way.
  res.setHeader("Cache-Control", "no-store");
  res.once("close", () => {
    const durationMs = options.clock.now() - startedAt;
    const { token, route, traceparent } = context;
    options.emit({
      kind: "scim-request",
      requestId,
      method: req.method,
      route: route.pattern,
      status: res.statusCode,
      durationMs,
      token,
      traceparent,
    });
  });
  return context;
}

const NO_QUERY: QueryParameters = {};
const REQUEST_ID = /^[\w-]{1,64}$/;
/** www.w3.org/TR/trace-context: neither id is all zeros. */
const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const TAIL = 8;

/** The caller's, else one that the caller's trace can be told from. */
function requestIdOf(sent: string | undefined, traceparent: string | undefined): string {
  if (sent !== undefined && REQUEST_ID.test(sent)) return sent;
  const traceId = traceparent === undefined ? undefined : TRACEPARENT.exec(traceparent)?.[1];
  return traceId === undefined ? randomUUID() : `${traceId}-${randomUUID().slice(0, TAIL)}`;
}

function createContext(options: ScimOptions, req: Request, res: Response): RequestContext {
  const route = routeOf(req.path);
  const traceparent = req.get("traceparent");
  return {
    options,
    requestId: requestIdOf(req.get("X-Request-Id"), traceparent),
    traceparent: traceparent !== undefined && TRACEPARENT.test(traceparent) ? traceparent : undefined,
    baseUrl: `${options.publicUrl()}/scim/v2`,
    // Read once: Express 5 parses the query anew on each access.
    query: req.url.includes("?") ? req.query : NO_QUERY,
    ifMatch: req.get("If-Match"),
    route,
    token: undefined,
    announce: (version, newLocation) => {
      res.setHeader("ETag", version);
      if (newLocation !== undefined) res.setHeader("Location", newLocation);
    },
  };
}
