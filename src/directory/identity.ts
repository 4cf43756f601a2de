import type { Attributes, Json } from "./records.js";
import { valuesAt } from "./values.js";

/** Where the e-mail that identifies a person is looked for; `work` stands for any e-mail type. */
export type EmailPreference = string;

/** Primary, else type work, else the only one, else userName when it is an address. */
export const DEFAULT_EMAIL_ORDER: readonly EmailPreference[] = ["primary", "work", "only", "userName"];

interface Email {
  readonly address: string;
  readonly type: string;
  readonly primary: boolean;
}

// RFC 5321 §4.5.3.1 caps a path at 256 octets; Label Studio's column holds 254.
const LONGEST_ADDRESS = 254;
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

function address(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const trimmed = value.trim().toLowerCase();
  return trimmed.length <= LONGEST_ADDRESS && ADDRESS.test(trimmed) ? trimmed : undefined;
}

const first = (values: readonly Json[]): string => (typeof values[0] === "string" ? values[0] : "");

function emails(attributes: Attributes): readonly Email[] {
  return valuesAt(attributes, ["emails"]).flatMap((element): Email[] => {
    const holder: Attributes = { element };
    const found = address(first(valuesAt(holder, ["element", "value"])));
    if (found === undefined) return [];
    const type = first(valuesAt(holder, ["element", "type"])).toLowerCase();
    return [{ address: found, type, primary: valuesAt(holder, ["element", "primary"])[0] === true }];
  });
}

/** The one lower-cased address that stands for this person at Label Studio, or undefined. */
export function identityEmail(
  attributes: Attributes,
  order: readonly EmailPreference[] = DEFAULT_EMAIL_ORDER,
): string | undefined {
  const all = emails(attributes);
  for (const preference of order) {
    const found = byPreference(attributes, all, preference);
    if (found !== undefined) return found;
  }
  return undefined;
}

function byPreference(attributes: Attributes, all: readonly Email[], preference: string): string | undefined {
  switch (preference) {
    case "primary":
      return all.find((email) => email.primary)?.address;
    case "only":
      return all.length === 1 ? all[0]?.address : undefined;
    case "userName":
      return address(first(valuesAt(attributes, ["userName"])));
    default:
      return all.find((email) => email.type === preference.toLowerCase())?.address;
  }
}

/** Every address that could identify this person under some order: what the store indexes. */
export function emailAddresses(attributes: Attributes): readonly string[] {
  const userName = address(first(valuesAt(attributes, ["userName"])));
  return [...new Set([...emails(attributes).map((email) => email.address), ...(userName ? [userName] : [])])];
}

export function personName(attributes: Attributes): { readonly firstName: string; readonly lastName: string } {
  return {
    firstName: first(valuesAt(attributes, ["name", "givenName"])).trim(),
    lastName: first(valuesAt(attributes, ["name", "familyName"])).trim(),
  };
}
