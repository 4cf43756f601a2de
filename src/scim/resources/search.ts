import express, { type Router } from "express";
import { contextOf, type QueryParameters, type RequestContext } from "../context.js";
import { listResponse, readListRequest, searchParameters } from "../listing.js";
import type { ResourceKind } from "../pure.js";
import { groupHandlers } from "./groups.js";
import type { ResourceHandlers } from "./resource.js";
import { userHandlers } from "./users.js";

/** RFC 7644 §3.4.3. scimmy's own refuses count 0 and sees only the first 20 of each type at the root. */
export function searchRoutes(): Router {
  const router = express.Router();
  router.post("/Users/.search", async (req, res) => {
    res.send(await searchOne(contextOf(req), "User", userHandlers, searchParameters(req.body)));
  });
  router.post("/Groups/.search", async (req, res) => {
    res.send(await searchOne(contextOf(req), "Group", groupHandlers, searchParameters(req.body)));
  });
  router.post("/.search", async (req, res) => {
    res.send(await searchAll(contextOf(req), searchParameters(req.body)));
  });
  return router;
}

async function searchOne(
  context: RequestContext,
  kind: ResourceKind,
  handlers: ResourceHandlers,
  parameters: QueryParameters,
): Promise<string> {
  const request = readListRequest(kind, parameters);
  const { total, rows } = await handlers.list(context, request);
  return listResponse(total, request.query.startIndex, rows);
}

/** All users in their order, then all groups in theirs, as one list. */
async function searchAll(context: RequestContext, parameters: QueryParameters): Promise<string> {
  const forUsers = readListRequest("User", parameters);
  const forGroups = readListRequest("Group", parameters);
  const { startIndex, count } = forUsers.query;
  const users = await userHandlers.list(context, forUsers);
  const groups = await groupHandlers.list(context, {
    ...forGroups,
    query: {
      ...forGroups.query,
      startIndex: Math.max(1, startIndex - users.total),
      count: count - users.rows.length,
    },
  });
  return listResponse(users.total + groups.total, startIndex, [...users.rows, ...groups.rows]);
}
