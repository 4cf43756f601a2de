// Request lines: methods, targets that climb, decode twice, or are no target at all.
import * as hostile from "../hostile.js";
import { AUTHORIZATION, JSON_TYPE, reading, type Make } from "../request.js";

const METHODS = [
  "GET",
  "HEAD",
  "OPTIONS",
  "TRACE",
  "PROPFIND",
  "DELETE",
  "PUT",
  "PATCH",
  "POST",
  "MKCOL",
  "PURGE",
  "M-SEARCH",
  "REPORT",
];

const CLIMBING: readonly string[] = [
  ...[
    "/scim/v2/../../admin/api/status",
    "/scim/v2/..%2f..%2fadmin",
    "/scim/v2/Users/..%2fGroups",
    "/scim/v2/Users/%2e%2e/Groups",
  ],
  ...[
    "//scim/v2/Users",
    "/scim//v2/Users",
    "/scim/v2//Users",
    "/scim/v2/Users//",
    "/scim/v2/Users/x/y/z",
    "/SCIM/V2/USERS",
    "/scim/v2",
  ],
  ...[
    "/scim/v2/Users%00",
    "/scim/v2/Users/%00",
    "/scim/v2/Users/a%00b",
    "/scim/v2/Users/%",
    "/scim/v2/Users/%zz",
    "/scim/v2/Users/%E0%A4%A",
  ],
  ...[
    "/scim/v2/Users/%c0%ae",
    "/scim/v2/Users/%ED%A0%80",
    "/scim/v2/%55sers",
    "/scim/v2/Users;x=1",
    "/scim/v2/Users/.search",
    "/scim/v2/Me",
  ],
  ...[
    "/scim/v2/Bulk",
    "/scim/v2/Schemas/__proto__",
    "/scim/v2/ResourceTypes/constructor",
    "/scim/v2/Users/__proto__",
    "/scim/v2/.search",
  ],
  ...[
    "/scim/v2/Users?",
    "/scim/v2/Users?&&&=&",
    "/scim/v2/Users?%",
    "/scim/v2/Users?filter=%ff",
    "/scim/v2/Users#x",
    "/scim/v2/Users/?a?b",
  ],
  ...[
    "/",
    "/%",
    "/%E0%A4%A",
    "/admin/%E0%A4%A",
    "/admin/api/people?state=__proto__",
    "/metrics/../scim/v2/Users",
    "/scim/v2\\Users",
    "\\",
  ],
  ...[
    "*",
    "http://elsewhere.example/scim/v2/Users",
    "http://[::1/scim/v2/Users",
    "https://u:p@h:99999/scim/v2/Users",
    "scim/v2/Users",
    "?",
  ],
  ...[
    `/scim/v2/Users/${"a".repeat(9_000)}`,
    `/scim/v2/Users?${"a".repeat(9_000)}`,
    `/scim/v2/${"../".repeat(2_000)}`,
    `/scim/v2/Users/${"%41".repeat(2_000)}`,
  ],
];

export const path: Make = (random, { users, groups }) => {
  const target = random.chance(0.8)
    ? random.pick(CLIMBING)
    : `/scim/v2/${random.pick(["Users", "Groups", "Schemas", "Me", "Bulk", "users"])}/${random.pick([...users.slice(0, 2), ...groups.slice(0, 2), hostile.urlText(hostile.text(random))])}`;
  // What would change something is another kind's business.
  const method = random.pick(METHODS.filter((each) => each !== "DELETE" || /\.\.|%/.test(target)));
  const body = ["POST", "PUT", "PATCH"].includes(method) ? { body: Buffer.from(hostile.json(random)) } : {};
  return { kind: "path", method, target, headers: [AUTHORIZATION, JSON_TYPE], expect: "any", ...body };
};

export const mutatedTarget: Make = (random, { users }) => {
  const target = hostile.mutated(
    random,
    Buffer.from(`/scim/v2/Users/${random.pick(users)}?attributes=userName&filter=a%20eq%20%221%22`),
  );
  // A line end would make another request of it; that is the raw kinds' business.
  return { ...reading("mutated-target", ""), target: target.toString("latin1").replace(/[\r\n ]/g, "_") };
};

export const missing: Make = (random) => {
  const [method, path] = random.pick([
    ["DELETE", "/Users"],
    ["PUT", "/Users"],
    ["PATCH", "/Groups"],
    ["DELETE", "/Users/nobody"],
    ["PUT", "/Schemas"],
    ["POST", "/Users/x"],
    ["DELETE", "/"],
    ["POST", "/Me"],
    ["GET", "/Bulk"],
    ["DELETE", "/ServiceProviderConfig"],
    ["DELETE", "/Users/__proto__"],
    ["DELETE", "/Groups/%2e%2e%2fUsers"],
  ] as const);
  const body = method === "PUT" || method === "PATCH" || method === "POST" ? { body: Buffer.from("{}") } : {};
  return {
    kind: "missing",
    method,
    target: `/scim/v2${path}`,
    headers: [AUTHORIZATION, JSON_TYPE],
    expect: "refused",
    ...body,
  };
};
