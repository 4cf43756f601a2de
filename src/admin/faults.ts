import { hasCode } from "../errors.js";

/** What is the fault of whoever asks, with the status that says so; undefined: it is ours. */
export function faultOf(error: unknown): { readonly status: number; readonly words: string } | undefined {
  if (hasCode(error, "INVALID_VALUE")) return { status: 400, words: error.message };
  return isHttpError(error) ? { status: error.status, words: error.message } : undefined;
}

const isHttpError = (error: unknown): error is Error & { readonly status: number } =>
  error instanceof Error && "status" in error && typeof error.status === "number" && error.status < 500;
