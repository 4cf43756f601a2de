// What the store knows a Label Studio by.
import { createHash } from "node:crypto";
import type { Config } from "../config.js";

/** Two spellings of one URL are one server; credentials and query in it are not part of its name. */
export function serverOf({ labelStudio }: Config): string {
  const { origin, pathname } = new URL(labelStudio.url);
  return `${origin}${pathname.replace(/\/+$/, "")}`;
}

/** Stands for URL, organisation and key in the store, without being any of them. */
export function fingerprint({ labelStudio }: Config): string {
  const { url, organizationId, apiKey } = labelStudio;
  return createHash("sha256")
    .update(JSON.stringify([url, organizationId ?? null, apiKey]))
    .digest("hex");
}
