// PATCH said a second time, straight from RFC 7644 §3.5.2 and from what IdPs send, without a look at the engine: a person
// as few plain fields and lists, changed in place. Steps are written down as data, and from them as SCIM operations.
import type { Attributes } from "../../../src/directory/index.js";

export const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

export interface Element {
  value?: string;
  type?: string;
  primary?: boolean;
  display?: string;
  /** Addresses have no value of their own. */
  locality?: string;
  region?: string;
}

export interface Person {
  /** Simple attributes by name; those of the Enterprise extension under `e:`. */
  simple: Map<string, string | boolean>;
  name: Map<string, string>;
  manager: string | undefined;
  lists: Map<ListName, Element[]>;
}

export type ListName = "emails" | "roles" | "addresses";
export type SimpleName =
  "userName" | "externalId" | "active" | "title" | "nickName" | "displayName" | "e:department" | "e:costCenter";
export type Change = "add" | "replace";

export type Step =
  | { kind: "set"; op: Change; name: SimpleName; value: string | boolean | null }
  | { kind: "unset"; name: SimpleName }
  | { kind: "name"; op: Change; parts: Record<string, string | null> }
  | { kind: "unset-name"; part: string | undefined }
  | { kind: "manager"; op: Change; id: string; form: "text" | "object" | "list" | "sub" }
  | { kind: "unset-manager" }
  | { kind: "list"; op: Change; list: ListName; elements: Element[] }
  | { kind: "clear"; list: ListName }
  | { kind: "remove-values"; list: "emails" | "roles"; values: string[] }
  | { kind: "set-part"; op: Change; list: ListName; type: string; part: keyof Element; value: string | boolean }
  | { kind: "set-element"; op: Change; list: ListName; type: string; element: Element }
  | { kind: "remove-element"; list: ListName; type: string }
  | { kind: "remove-part"; list: ListName; type: string; part: "display" | "value" | "region" }
  | { kind: "many"; op: Change; steps: Extract<Step, { kind: "set" | "name" | "list" | "manager" }>[] };

/** Refused: nothing of the whole request may be applied. */
export class Refused extends Error {}

export function apply(person: Person, step: Step): void {
  switch (step.kind) {
    case "set":
      return set(person, step.name, step.value);
    case "unset":
      if (step.name === "userName" || step.name === "active") throw new Refused(step.name);
      return void person.simple.delete(step.name);
    case "name":
      return Object.entries(step.parts).forEach(([part, value]) => assign(person.name, part, value));
    case "unset-name":
      return step.part === undefined ? person.name.clear() : void person.name.delete(step.part);
    case "manager":
      person.manager = step.id === "" ? undefined : step.id;
      return;
    case "unset-manager":
      person.manager = undefined;
      return;
    case "many":
      return step.steps.forEach((each) => apply(person, { ...each, op: step.op }));
    case "list":
    case "clear":
    case "remove-values":
    case "set-part":
    case "set-element":
    case "remove-element":
    case "remove-part":
      return void person.lists.set(step.list, changedList(person.lists.get(step.list) ?? [], step));
  }
}

/** "" and null unassign (RFC 7643 §2.5), except what has to be there. */
function set(person: Person, name: SimpleName, value: string | boolean | null): void {
  const given = name === "active" ? asBoolean(value) : name === "userName" ? String(value ?? "").trim() : value;
  if ((given === "" || given === null) && (name === "userName" || name === "active")) throw new Refused(name);
  assign(person.simple, name, given);
}

const asBoolean = (value: string | boolean | null): string | boolean | null =>
  typeof value === "string" && /^(true|false)$/i.test(value) ? value.toLowerCase() === "true" : value;

function assign<T>(map: Map<string, T>, name: string, value: T | null): void {
  if (value === null || value === "") map.delete(name);
  else map.set(name, value);
}

type ListStep = Extract<Step, { list: ListName; kind: string }>;

function changedList(before: Element[], step: ListStep): Element[] {
  const touched = new Set<Element>();
  const after = elementsAfter(before, step, touched);
  // One primary: what this step has set last wins over what was there (RFC 7643 §2.4).
  const primaries = after.filter((element) => element.primary === true);
  const winner = primaries.findLast((element) => touched.has(element)) ?? primaries.at(-1);
  for (const element of primaries) if (element !== winner) element.primary = false;
  return after;
}

const sameText = (one: string | undefined, other: string | undefined): boolean =>
  one?.toLowerCase() === other?.toLowerCase();

/** An element is another one when value or type differ; without a value, when anything does. */
const isSame = (one: Element, other: Element): boolean =>
  one.value === undefined || other.value === undefined
    ? JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort())
    : sameText(one.value, other.value) && sameText(one.type, other.type);

function elementsAfter(before: Element[], step: ListStep, touched: Set<Element>): Element[] {
  switch (step.kind) {
    case "list": {
      const sent = onlyLastPrimary(step.elements);
      return step.op === "replace"
        ? sent.map((element) => noted(element, touched))
        : sent.reduce((list, element) => added(list, element, touched), before);
    }
    case "clear":
      return [];
    case "remove-values":
      return before.filter((element) => !step.values.some((value) => sameText(value, element.value)));
    case "remove-element":
      return before.filter((element) => !sameText(element.type, step.type));
    case "set-part":
      return merge(before, step.type, { [step.part]: step.value }, touched, true);
    case "set-element":
      // RFC 7644 §3.5.2.3: a replace without a target is noTarget; only with a sub-attribute do IdPs mean "create".
      return merge(before, step.type, step.element, touched, step.op === "add");
    case "remove-part":
      return before.flatMap((element) => (sameText(element.type, step.type) ? without(element, step.part) : [element]));
  }
}

/** Of the primaries in one value the last one is meant. */
function onlyLastPrimary(sent: readonly Element[]): Element[] {
  const last = sent.findLastIndex((element) => element.primary === true);
  return sent.map((element, at) =>
    element.primary === true && at !== last ? { ...element, primary: false } : { ...element },
  );
}

const noted = (element: Element, touched: Set<Element>): Element => {
  touched.add(element);
  return element;
};

function update(element: Element, parts: Element, touched: Set<Element>): void {
  const before = JSON.stringify(Object.entries(element).sort());
  Object.assign(element, parts);
  if (JSON.stringify(Object.entries(element).sort()) !== before) touched.add(element);
}

function added(list: Element[], element: Element, touched: Set<Element>): Element[] {
  const known = list.find((each) => isSame(each, element));
  if (!known) return [...list, noted({ ...element }, touched)];
  update(known, element, touched);
  return list;
}

function merge(list: Element[], type: string, parts: Element, touched: Set<Element>, create: boolean): Element[] {
  const selected = list.filter((element) => sameText(element.type, type));
  for (const element of selected) update(element, parts, touched);
  if (selected.length > 0) return list;
  // What the filter says of a new element holds, or the next filter would not find it.
  if (!create || ("type" in parts && Object.keys(parts).length === 1)) throw new Refused("noTarget");
  return [...list, noted({ ...parts, type }, touched)];
}

/** An e-mail without its address, or an address of labels only, is none. */
function without(element: Element, part: keyof Element): Element[] {
  if (element[part] === undefined) return [element];
  delete element[part];
  return (element.value ?? element.locality ?? element.region) ? [element] : [];
}

/** The person as the attributes of a SCIM resource. */
export function attributesOf({ simple, name, manager, lists }: Person): Attributes {
  const enterprise = {
    ...Object.fromEntries(
      [...simple].filter(([key]) => key.startsWith("e:")).map(([key, value]) => [key.slice(2), value]),
    ),
    ...(manager === undefined ? {} : { manager: { value: manager } }),
  };
  const hasEnterprise = Object.keys(enterprise).length > 0;
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", ...(hasEnterprise ? [ENTERPRISE] : [])],
    ...Object.fromEntries([...simple].filter(([key]) => !key.startsWith("e:"))),
    ...(name.size > 0 ? { name: Object.fromEntries(name) } : {}),
    ...Object.fromEntries(
      [...lists].filter(([, list]) => list.length > 0).map(([key, list]) => [key, list.map((each) => ({ ...each }))]),
    ),
    ...(hasEnterprise ? { [ENTERPRISE]: enterprise } : {}),
  };
}
