// Database faults become STORE_UNAVAILABLE (503, try again): the IdP must never take our fault for an answer.
import { BridgeError } from "../errors.js";

export function asStoreError(error: unknown): BridgeError {
  if (error instanceof BridgeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new BridgeError("STORE_UNAVAILABLE", `The database cannot answer: ${message}`, { cause: error });
}

// SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY (sqlite.org/rescode.html).
const SQLITE_UNIQUE = new Set<unknown>([2067, 1555]);

/** The driver leaves the code out where a statement returns rows; SQLite's message is the same everywhere. */
export function isUniqueViolation(error: unknown): boolean {
  const { errcode, message } = error as { readonly errcode?: unknown; readonly message?: unknown };
  return SQLITE_UNIQUE.has(errcode) || String(message).startsWith("UNIQUE constraint failed");
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
