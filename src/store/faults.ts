// Database faults become STORE_UNAVAILABLE (503, try again): the IdP must never take our fault for an answer.
import { BridgeError } from "../errors.js";

export function asStoreError(error: unknown): BridgeError {
  if (error instanceof BridgeError) return error;
  if (codeOf(error) === TOO_LONG) return new BridgeError("INVALID_VALUE", TOO_LONG_MESSAGE, { cause: error });
  return new BridgeError("STORE_UNAVAILABLE", `The database cannot answer: ${reasonOf(error)}`, { cause: error });
}

/** A host with several addresses fails without a message. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error && error.message) || String(codeOf(error) ?? error);

export const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | undefined)?.code;

/** SQLSTATE program_limit_exceeded: PostgreSQL finds texts by a third of a page at most. */
const TOO_LONG = "54000";
const TOO_LONG_MESSAGE =
  "A userName, displayName, externalId, e-mail or member id is too long: at most 2,700 bytes can be kept.";

/** SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY (sqlite.org/rescode.html); SQLSTATE unique_violation. */
const UNIQUE = new Set<unknown>([2067, 1555, "23505"]);

/** SQLite's driver leaves the code out where a statement returns rows; its message is the same everywhere. */
export function isUniqueViolation(error: unknown): boolean {
  const { errcode, message } = error as { readonly errcode?: unknown; readonly message?: unknown };
  return UNIQUE.has(errcode) || UNIQUE.has(codeOf(error)) || String(message).startsWith("UNIQUE constraint failed");
}

type Methods<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => Promise<R> : never;
};

/** The same methods with every rejection turned into a BridgeError. */
export function guarded<T extends Methods<T>>(methods: T): T {
  const wrapped = Object.entries(methods as Record<string, (...args: unknown[]) => Promise<unknown>>).map(
    ([name, method]) =>
      [
        name,
        async (...args: unknown[]) => {
          try {
            return await method(...args);
          } catch (error) {
            throw asStoreError(error);
          }
        },
      ] as const,
  );
  return Object.fromEntries(wrapped) as unknown as T;
}
