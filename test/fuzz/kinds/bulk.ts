// Bulk: references in circles and to nothing, paths that are none, Bulk in Bulk.
import * as hostile from "../hostile.js";
import type { Random } from "../../support/random.js";
import { withBody, type Make, type Targets } from "../request.js";
import { someone } from "./bodies.js";

const BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
const PATHS = [
  "/../admin",
  "/Users/../Groups/x",
  "/Bulk",
  "/Me",
  "/.search",
  "/Users?x=1",
  "//Users",
  "/Users/",
  "Users",
  "",
  "/Users/%2e",
  "http://x/scim/v2/Users",
  "/__proto__",
  "/constructor/x",
  "/Schemas",
  "/Users/x/y",
];
const IDS = ["a", "b", "c", "1", "10", "", "__proto__", "constructor", "bulkId:a", '"', "$&"];

function reference(random: Random): string {
  return JSON.stringify(`bulkId:${random.pick(IDS)}`);
}

function data(random: Random, targets: Targets): string {
  const roll = random.below(10);
  if (roll === 0) return hostile.json(random);
  const names = [
    ["displayName", `"bulk ${random.below(100_000)}"`],
    ["userName", `"bulk-${random.below(100_000)}"`],
  ] as const;
  const refs = random.times(
    3,
    () => `{"value":${random.chance(0.7) ? reference(random) : JSON.stringify(random.pick([...targets.users, "x"]))}}`,
  );
  if (roll < 7) return hostile.object([...names, ["members", `[${refs.join(",")}]`], ["manager", reference(random)]]);
  const operation = hostile.object([
    ["op", '"add"'],
    ["path", '"members"'],
    ["value", `[${refs.join(",")}]`],
  ]);
  return hostile.object([
    ["schemas", '["urn:ietf:params:scim:api:messages:2.0:PatchOp"]'],
    ["Operations", `[${operation}]`],
  ]);
}

function operation(random: Random, targets: Targets): string {
  if (random.chance(0.03)) return hostile.json(random);
  const method = random.pick([
    "POST",
    "post",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    random.pick(["GET", "", "__proto__", "TRACE"]),
  ]);
  const of = random.pick(["Users", "Groups", "Groups"] as const);
  const path = random.chance(0.15)
    ? random.pick(PATHS)
    : /post/i.test(method)
      ? `/${of}`
      : `/${of}/${random.pick([someone(random, targets, of), "bulkId:a"])}`;
  return hostile.object([
    ["method", random.chance(0.95) ? JSON.stringify(method) : hostile.json(random, 1)],
    ["path", random.chance(0.95) ? JSON.stringify(path) : hostile.json(random, 1)],
    ["bulkId", random.chance(0.95) ? JSON.stringify(random.pick(IDS)) : hostile.json(random, 1)],
    ...(random.chance(0.1) ? [["version", hostile.json(random, 0)] as const] : []),
    ["data", random.chance(0.95) ? data(random, targets) : `{"schemas":["${BULK}"],"Operations":[]}`],
  ]);
}

export const bulk: Make = (random, targets) => {
  const operations = [operation(random, targets), ...random.times(8, () => operation(random, targets))];
  return withBody(
    "bulk",
    "POST",
    "/Bulk",
    hostile.object([
      ["schemas", random.chance(0.97) ? `["${BULK}"]` : hostile.json(random)],
      ["Operations", random.chance(0.97) ? `[${operations.join(",")}]` : hostile.json(random)],
      ...(random.chance(0.2)
        ? [["failOnErrors", random.pick([...hostile.NUMBERS, '"1"', "null", "{}"])] as const]
        : []),
    ]),
  );
};
