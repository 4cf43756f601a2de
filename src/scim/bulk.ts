import type { RequestHandler } from "express";
import { BridgeError } from "../errors.js";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * A BulkRequest in the shape that scimmy can take (RFC 7644 §3.7): it answers other shapes with a crash, and carries
 * out a lower-case `post` before it reports it as failed.
 */
export const checkBulk: RequestHandler = (req, _res, next) => {
  const body: unknown = req.body;
  if (!isObject(body) || !Array.isArray(body["schemas"]) || !Array.isArray(body["Operations"]))
    throw malformed("A bulk request needs schemas and Operations, both arrays.");
  const operations = body["Operations"].map((operation: unknown, index) => {
    if (!isObject(operation)) throw malformed(`Operation ${index + 1} of the bulk request is not an object.`);
    const { method } = operation;
    return typeof method === "string" ? { ...operation, method: method.toUpperCase() } : operation;
  });
  req.body = { ...body, Operations: operations };
  next();
};

const malformed = (message: string): BridgeError =>
  new BridgeError("INVALID_VALUE", message, { scimType: "invalidSyntax" });
