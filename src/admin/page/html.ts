// Text becomes HTML in one place: whatever is put into a template is escaped, unless it is a template itself.
import { visible } from "../../visible.js";

export interface Html {
  readonly kind: "html";
  readonly text: string;
}

export type Content = Html | string | number | undefined | false | readonly Content[];

/** Values stand between tags or in quoted attributes, and nowhere else. */
export const html = (strings: TemplateStringsArray, ...values: readonly Content[]): Html => ({
  kind: "html",
  text: strings.reduce((text, part, at) => `${text}${shown(values[at - 1])}${part}`),
});

function shown(content: Content): string {
  if (content === undefined || content === false) return "";
  if (typeof content === "string" || typeof content === "number") return escaped(String(content));
  return "text" in content ? content.text : content.map(shown).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string => visible(text).replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

/** A path below /admin with a query; what is undefined or empty is left out. */
export function link(path: string, query: Readonly<Record<string, string | number | undefined>> = {}): string {
  const asked = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)] as [string, string]],
  );
  const base = path === "" ? "/admin" : `/admin${path}`;
  return asked.length === 0 ? base : `${base}?${new URLSearchParams(asked).toString()}`;
}
