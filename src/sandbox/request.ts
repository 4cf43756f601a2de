import type { IncomingHttpHeaders } from "node:http";

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

/** A request body as it came. */
export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "malformed"; readonly reason: string }
  | { readonly kind: "other"; readonly mediaType: string };

export function readBody(text: string, mediaType: string): Body {
  if (text === "") return { kind: "none" };
  if (!/^application\/json\b/i.test(mediaType)) return { kind: "other", mediaType };
  try {
    return { kind: "json", value: JSON.parse(text) as unknown };
  } catch (error) {
    return { kind: "malformed", reason: error instanceof Error ? error.message : String(error) };
  }
}
