/** What the server answers, before it is put on the wire. */
export type Answer =
  | { readonly kind: "json"; readonly status: number; readonly body: unknown }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly detail: string;
      readonly validationErrors?: ValidationErrors;
      readonly headers?: Readonly<Record<string, string>>;
      /** The request is not one that the vendor's schema allows: a bug of the caller. */
      readonly schema?: boolean;
    }
  | { readonly kind: "html"; readonly status: number; readonly title: string }
  | { readonly kind: "empty"; readonly status: number };

export type ValidationErrors = Readonly<Record<string, readonly string[]>>;
export type Refused = Extract<Answer, { kind: "refused" }>;

export interface Rendered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export const RELEASE = "2.36.0";

export const json = (status: number, body: unknown): Answer => ({ kind: "json", status, body });
export const empty = (status: number): Answer => ({ kind: "empty", status });
export const refused = (status: number, detail: string, headers: Record<string, string> = {}): Refused => ({
  kind: "refused",
  status,
  detail,
  headers,
});
export const invalid = (validationErrors: ValidationErrors): Refused => ({
  kind: "refused",
  status: 400,
  detail: "Validation error",
  validationErrors,
});
export const notFound = (): Answer => refused(404, "Not found.");
export const forbidden = (detail = "You do not have permission to perform this action."): Answer =>
  refused(403, detail);
export const NOT_FOUND_PAGE: Answer = { kind: "html", status: 404, title: "Page not found" };

/** `serial` numbers the error envelopes: an id that is unique and yet the same in every run. */
export function render(answer: Answer, serial: number): Rendered {
  switch (answer.kind) {
    case "json":
      return jsonText(answer.status, answer.body, {});
    case "refused":
      return jsonText(answer.status, envelope(answer, serial), answer.headers ?? {});
    case "html":
      return {
        status: answer.status,
        headers: { "content-type": "text/html; charset=utf-8" },
        text: `<!doctype html>\n<html><head><title>${answer.title}</title></head><body><h1>${answer.title}</h1></body></html>\n`,
      };
    case "empty":
      return { status: answer.status, headers: {}, text: "" };
  }
}

const jsonText = (status: number, body: unknown, headers: Readonly<Record<string, string>>): Rendered => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  text: JSON.stringify(body),
});

/** Contract 2.1. */
function envelope(answer: Refused, serial: number): unknown {
  const { status, detail, validationErrors } = answer;
  return {
    id: `00000000-0000-4000-8000-${serial.toString(16).padStart(12, "0")}`,
    status_code: status,
    version: RELEASE,
    detail,
    exc_info: null,
    ...(validationErrors && { validation_errors: validationErrors }),
  };
}
