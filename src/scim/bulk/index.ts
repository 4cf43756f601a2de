// Bulk (RFC 7644 §3.7): operations in order, those that refer to what is yet to be created after it. Its own code, because
// scimmy 1.3.5 waits for ever for a resource that refers to itself, puts in only the last of several references, takes
// `bulkId:1` for the beginning of `bulkId:10`, and compares all operations with each other as text.
import type { RequestHandler } from "express";
import { contextOf } from "../context.js";
import { readBulk } from "./read.js";
import { runBulk } from "./run.js";

const BULK_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

export const bulk: RequestHandler = async (req, res) => {
  const Operations = await runBulk(contextOf(req), readBulk(req.body));
  res.send(JSON.stringify({ schemas: [BULK_RESPONSE], Operations }));
};
