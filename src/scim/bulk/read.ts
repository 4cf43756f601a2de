import { BridgeError } from "../../errors.js";
import { quoted, refusal } from "../filter/refusal.js";
import { MOST_BULK_OPERATIONS } from "../limits.js";
import { isObject, type JsonObject } from "../patch/json.js";
import type { ResourceKind } from "../pure.js";
import { referencesIn } from "./references.js";

const BULK_REQUEST = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";

export interface Bulk {
  readonly operations: readonly BulkOperation[];
  /** No further operation once so many have failed; undefined: all are tried. */
  readonly failOnErrors: number | undefined;
}

/** `sent`: what the answer repeats. */
export type BulkOperation = {
  readonly sent: { readonly method?: string; readonly bulkId?: string };
} & ({ readonly kind: "task"; readonly task: Task } | { readonly kind: "refused"; readonly error: BridgeError });

export interface Task {
  readonly method: Method;
  readonly kind: ResourceKind;
  /** As in the path; undefined for POST. */
  readonly id: string | undefined;
  readonly bulkId: string | undefined;
  readonly data: object;
  readonly ifMatch: string | undefined;
  /** bulkIds that id and data refer to. */
  readonly references: readonly string[];
}

const METHODS = ["POST", "PUT", "PATCH", "DELETE"] as const;
type Method = (typeof METHODS)[number];

/** Refuses what is no BulkRequest; what is wrong with one operation is said in its place. */
export function readBulk(body: unknown): Bulk {
  if (!isObject(body) || !Array.isArray(body["schemas"]) || !Array.isArray(body["Operations"]))
    throw refusal("invalidSyntax", "A bulk request needs schemas and Operations, both arrays.");
  if (!body["schemas"].includes(BULK_REQUEST))
    throw refusal("invalidSyntax", `The schemas of a bulk request must name ${BULK_REQUEST}.`);
  const sent: readonly unknown[] = body["Operations"];
  if (sent.length === 0) throw refusal("invalidValue", "The bulk request has no operation.");
  if (sent.length > MOST_BULK_OPERATIONS)
    throw new BridgeError(
      "INVALID_VALUE",
      `The bulk request has ${sent.length} operations; at most ${MOST_BULK_OPERATIONS} are accepted.`,
      { status: 413 },
    );
  const taken = new Set<string>();
  return { operations: sent.map((each, at) => readOperation(each, at + 1, taken)), failOnErrors: failOnErrors(body) };
}

function failOnErrors({ failOnErrors: most }: JsonObject): number | undefined {
  if (most === undefined || most === null || most === 0) return undefined;
  if (typeof most === "number" && Number.isSafeInteger(most) && most > 0) return most;
  throw refusal("invalidSyntax", "failOnErrors of a bulk request must be a positive integer.");
}

function readOperation(sent: unknown, at: number, taken: Set<string>): BulkOperation {
  if (!isObject(sent)) throw refusal("invalidSyntax", `Operation ${at} of the bulk request is not an object.`);
  const { method, bulkId } = sent;
  const repeated = {
    ...(typeof method === "string" ? { method: method.toUpperCase() } : {}),
    ...(typeof bulkId === "string" ? { bulkId } : {}),
  };
  try {
    return { sent: repeated, kind: "task", task: readTask(sent, taken) };
  } catch (error) {
    if (error instanceof BridgeError) return { sent: repeated, kind: "refused", error };
    throw error;
  }
}

function readTask(sent: JsonObject, taken: Set<string>): Task {
  const { method: asked } = sent;
  const method = METHODS.find((known) => typeof asked === "string" && known === asked.toUpperCase());
  if (method === undefined) throw refusal("invalidSyntax", `The method must be one of ${METHODS.join(", ")}.`);
  const { kind, id } = readPath(method, sent["path"]);
  const bulkId = method === "POST" ? readBulkId(sent["bulkId"], taken) : undefined;
  const { data = {}, version } = sent;
  if (method !== "DELETE" && !isObject(sent["data"]))
    throw refusal("invalidSyntax", `The data of a ${method} must be an object.`);
  if (version !== undefined && typeof version !== "string")
    throw refusal("invalidSyntax", "The version of an operation must be an ETag as text.");
  return {
    method,
    kind,
    id,
    bulkId,
    data: data as object,
    ifMatch: method === "POST" ? undefined : version,
    references: referencesIn([id, method === "DELETE" ? undefined : data]),
  };
}

const PATH = /^\/(Users|Groups)(?:\/([^/?#]+))?$/;

function readPath(method: Method, path: unknown): Pick<Task, "kind" | "id"> {
  if (typeof path !== "string") throw refusal("invalidSyntax", "The path of an operation must be text.");
  const [, endpoint, id] = PATH.exec(path) ?? [];
  if (endpoint === undefined)
    throw refusal("invalidValue", `The path ${quoted(path)} is none of /Users, /Groups, /Users/{id} and /Groups/{id}.`);
  if ((method === "POST") !== (id === undefined))
    throw new BridgeError(
      "NOT_FOUND",
      `${method} needs a path ${method === "POST" ? "without" : "with"} an id; it was sent ${quoted(path)}.`,
    );
  return { kind: endpoint === "Users" ? "User" : "Group", id };
}

/** RFC 7644 §3.7.2: required for POST, and unique. */
function readBulkId(bulkId: unknown, taken: Set<string>): string {
  if (typeof bulkId !== "string" || bulkId === "") throw refusal("invalidValue", "A POST needs a bulkId that is text.");
  if (taken.has(bulkId)) throw refusal("invalidValue", `The bulkId ${quoted(bulkId)} belongs to an operation before.`);
  taken.add(bulkId);
  return bulkId;
}
