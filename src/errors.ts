// The one error class of the bridge and its closed list of codes. The code alone answers
// three questions: whose fault, is it worth another try, and what does the IdP see.

export const ERROR_CODES = [
  "NOT_FOUND",
  "UNIQUENESS",
  "INVALID_VALUE",
  "VERSION_CONFLICT",
  "STORE_UNAVAILABLE",
  "TARGET_RATE_LIMITED",
  "TARGET_UNAVAILABLE",
  "TARGET_REFUSED",
  "TARGET_UNAUTHORIZED",
  "CONFIG_INVALID",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Facts that go with a code; every field is optional and safe to show to an operator. */
export interface ErrorFacts {
  /** RFC 7644 §3.12 `scimType`, for INVALID_VALUE and UNIQUENESS. */
  readonly scimType?: string;
  /** HTTP status when it is not the one that the code implies. */
  readonly status?: number;
  /** Do not try again before this many milliseconds have passed. */
  readonly retryAfterMs?: number;
  /** The same words for everybody refused for the same reason (no ids, no addresses). */
  readonly reason?: string;
  /** Label Studio says that the address is taken (`POST /api/users/`, contract 2.6). */
  readonly alreadyExists?: boolean;
  readonly cause?: unknown;
}

export class BridgeError extends Error {
  override readonly name = "BridgeError";
  readonly code: ErrorCode;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.facts = facts;
  }
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set(["STORE_UNAVAILABLE", "TARGET_RATE_LIMITED", "TARGET_UNAVAILABLE"]);

/** True when the same call may succeed a little later without anybody changing anything. */
export const isRetryable = (error: unknown): boolean => error instanceof BridgeError && RETRYABLE.has(error.code);

export const hasCode = (error: unknown, code: ErrorCode): error is BridgeError =>
  error instanceof BridgeError && error.code === code;
