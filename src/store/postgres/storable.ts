// As JSON.stringify writes them, after an even number of backslashes.
const UNSTORABLE_IN_JSON = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;

/**
 * PostgreSQL has no NUL in text, and neither NUL nor half a surrogate pair in jsonb
 * (postgresql.org/docs/current/datatype-json.html): each is stored, and looked for, as U+FFFD.
 */
export function storable(parameter: unknown): unknown {
  if (typeof parameter !== "string") return parameter;
  const text = parameter.includes("\0") ? parameter.replaceAll("\0", "\uFFFD") : parameter;
  return isJson(text) && text.includes("\\u") ? text.replace(UNSTORABLE_IN_JSON, "$1\\ufffd") : text;
}

const isJson = (text: string): boolean => text.startsWith("{") || text.startsWith("[");
