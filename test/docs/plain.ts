// What is another thing at each run, as something that stays: ids, ports, folders and instants of the real clock.
import { createHash } from "node:crypto";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Whole, or the beginning that names an origin. */
const DIGEST = /\b[0-9a-f]{64}\b|(?<=\b(?:plan|mapping) )[0-9a-f]{12}\b/g;
const SHORT = 12;
/** Of a managed token: the id, also in the token itself, and what is secret of it. */
const CREDENTIAL = /(?<![-\w])[0-9a-f]{12}(?![-\w])|(?<=lsb_)[0-9a-f]{12}/g;
const SECRET = /(?<=lsb_[0-9a-f]{12}_)[\w-]{20,}/g;

/** The n-th of its kind is the same at each run, so that outputs that name the same thing go on doing so. */
function inOrder(pattern: RegExp, name: (seed: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) =>
    text.replace(pattern, (found) => {
      const beginning = found.slice(0, SHORT);
      const same = known.get(beginning) ?? name(`${known.size}`);
      known.set(beginning, same);
      return same.slice(0, found.length);
    });
}

const digest = (seed: string): string => createHash("sha256").update(`documented ${seed}`).digest("hex");
const uuid = (seed: string): string =>
  digest(`id ${seed}`).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

export interface Plain {
  (text: string): string;
  /** Shown as this from now on. */
  call(found: string, shown: string): void;
}

export function plainText(): Plain {
  const names: [string, string][] = [];
  const steps = [
    inOrder(UUID, uuid),
    inOrder(DIGEST, digest),
    inOrder(CREDENTIAL, (seed) => digest(`credential ${seed}`).slice(0, SHORT)),
    inOrder(SECRET, (seed) => Buffer.from(digest(`secret ${seed}`), "hex").toString("base64url")),
  ];
  const plain = (text: string): string => {
    const named = names.reduce((all, [found, shown]) => all.replaceAll(found, shown), text);
    return steps.reduce((all, step) => step(all), named);
  };
  return Object.assign(plain, { call: (found: string, shown: string) => void names.unshift([found, shown]) });
}
