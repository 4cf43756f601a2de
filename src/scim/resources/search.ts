import express, { type Router } from "express";
import type { Page } from "../../directory/index.js";
import { contextOf, type QueryParameters, type RequestContext } from "../context.js";
import type { Place } from "../cursor.js";
import {
  answerList,
  behind,
  cursorsOf,
  listResponse,
  readListRequest,
  searchParameters,
  type Cursors,
  type ListRequest,
} from "../listing.js";
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

const searchOne = (
  context: RequestContext,
  kind: ResourceKind,
  handlers: ResourceHandlers,
  parameters: QueryParameters,
): Promise<string> => answerList(kind, parameters, (request) => handlers.list(context, request));

/** All users in their order, then all groups in theirs, as one list. */
async function searchAll(context: RequestContext, parameters: QueryParameters): Promise<string> {
  const forUsers = readListRequest("User", parameters);
  const forGroups = readListRequest("Group", parameters);
  const cursors = cursorsOf(parameters, [
    ["User", forUsers],
    ["Group", forGroups],
  ]);
  if (cursors) return followAll(context, forUsers, forGroups, cursors);
  const { startIndex, count } = forUsers.query;
  const users = await userHandlers.list(context, forUsers);
  const groups = await groupHandlers.list(context, {
    ...forGroups,
    query: {
      ...forGroups.query,
      startIndex: Math.max(1, startIndex - users.total),
      count: count - users.count,
    },
  });
  return listResponse(together(users, groups), { startIndex });
}

async function followAll(
  context: RequestContext,
  forUsers: ListRequest,
  forGroups: ListRequest,
  { from, to }: Cursors,
): Promise<string> {
  const { count } = forUsers.query;
  const amongUsers = from.kind === "User";
  const users = await userHandlers.list(
    context,
    behind(forUsers, amongUsers ? from.after : "start", amongUsers ? count : 0),
  );
  const room = users.next ? 0 : count - users.count;
  const groups = await groupHandlers.list(context, behind(forGroups, amongUsers ? "start" : from.after, room));
  const next = nextPlace(users, groups, room);
  const nextCursor = count > 0 && next ? to(next) : undefined;
  return listResponse(together(users, groups), { nextCursor });
}

function nextPlace(users: Page, groups: Page, room: number): Place | undefined {
  if (users.next) return { kind: "User", after: users.next };
  if (groups.next) return { kind: "Group", after: groups.next };
  // The users end with the page: the groups begin with the next one.
  return room === 0 && groups.total > 0 ? { kind: "Group", after: "start" } : undefined;
}

const together = (users: Page, groups: Page): Page => ({
  total: users.total + groups.total,
  count: users.count + groups.count,
  text: [users.text, groups.text].filter((text) => text !== "").join(","),
});
