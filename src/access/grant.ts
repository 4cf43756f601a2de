// What a client asks of the token endpoint (RFC 6749 §4.4, §2.3.1; RFC 7521 §4.2), read and nothing else.

export type Grant =
  | { readonly kind: "secret"; readonly clientId: string; readonly secret: string }
  | { readonly kind: "assertion"; readonly assertion: string }
  | Refusal;

/** RFC 6749 §5.2. */
export interface Refusal {
  readonly kind: "refused";
  readonly error: "invalid_request" | "invalid_client" | "unsupported_grant_type";
  readonly description: string;
}

const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const refused = (error: Refusal["error"], description: string): Refusal => ({ kind: "refused", error, description });

/** `form`: undefined when the body was no form. A parameter that is sent twice is a list. */
export function readGrant(form: Readonly<Record<string, unknown>> | undefined, header: string | undefined): Grant {
  if (form === undefined) return refused("invalid_request", "The body has to be application/x-www-form-urlencoded.");
  const twice = Object.keys(form).find((name) => Array.isArray(form[name]));
  if (twice !== undefined) return refused("invalid_request", "A parameter is sent twice.");
  const { grant_type, client_id, client_secret, client_assertion, client_assertion_type } = form as Readonly<
    Record<string, string | undefined>
  >;
  if (!grant_type) return refused("invalid_request", "grant_type is missing.");
  if (grant_type !== "client_credentials")
    return refused("unsupported_grant_type", "The only grant_type here is client_credentials.");
  const ways = [header, client_secret, client_assertion].filter((way) => way !== undefined);
  if (ways.length > 1)
    return refused("invalid_request", "Authenticate in one way: by header, client_secret or client_assertion.");
  if (client_assertion !== undefined)
    return client_assertion_type === JWT_BEARER
      ? { kind: "assertion", assertion: client_assertion }
      : refused("invalid_client", `The only client_assertion_type here is ${JWT_BEARER}.`);
  if (header !== undefined) return fromHeader(header);
  if (!client_id || client_secret === undefined)
    return refused("invalid_client", "client_id and client_secret, or a client_assertion, are missing.");
  return { kind: "secret", clientId: client_id, secret: client_secret };
}

/** Both parts are form-encoded before they are joined (RFC 6749 §2.3.1). */
function fromHeader(header: string): Grant {
  const encoded = /^basic +([\w+/=-]+) *$/i.exec(header)?.[1] ?? "";
  const [, clientId, secret] = /^([^:]+):(.*)$/s.exec(Buffer.from(encoded, "base64").toString()) ?? [];
  const id = decoded(clientId);
  const password = decoded(secret);
  return id === undefined || password === undefined
    ? refused("invalid_client", "The Authorization header has to be Basic, of client id and secret.")
    : { kind: "secret", clientId: id, secret: password };
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}
