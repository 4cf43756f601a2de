// What the service provider says of itself (RFC 7643 §5-7, RFC 7644 §4): the descriptions are scimmy's. The routes are
// ours, because scimmy's pass text of the client to its Filter and read a base path that is one for the whole process.
import express, { type Request, type Router } from "express";
import SCIMMY from "scimmy";
import { BridgeError } from "../errors.js";
import { contextOf } from "./context.js";
import { LARGEST_BULK, MOST_BULK_OPERATIONS } from "./limits.js";
import { DEFAULT_ROWS, listResponse, MOST_ROWS } from "./listing.js";
import { LabelStudioUser } from "./outcome-schema.js";

/** For scimmy to describe: what it declares has to be a class of its own, and is never asked for a resource. */
class UserResource extends SCIMMY.Types.Resource {
  static override readonly endpoint = "/Users";
  static override readonly schema = SCIMMY.Schemas.User;
  static override basepath = (): string => "";
}

class GroupResource extends SCIMMY.Types.Resource {
  static override readonly endpoint = "/Groups";
  static override readonly schema = SCIMMY.Schemas.Group;
  static override basepath = (): string => "";
}

let declared = false;

/** RFC 7643 §5. */
const BEARER = {
  type: "oauthbearertoken",
  name: "OAuth Bearer Token",
  description: "Authentication scheme using the OAuth Bearer Token Standard",
  specUri: "https://datatracker.ietf.org/doc/html/rfc6750",
};

/** How such a token is had without anybody copying it. */
const CLIENT_CREDENTIALS = {
  type: "oauth2",
  name: "OAuth 2.0 client credentials",
  description: "Access tokens from POST /oauth/token, by client_secret_basic, client_secret_post or private_key_jwt",
  specUri: "https://datatracker.ietf.org/doc/html/rfc6749#section-4.4",
};

/** scimmy's registries are process-wide: filled once. */
export function declareResources(): void {
  if (declared) return;
  declared = true;
  SCIMMY.Config.set({
    patch: true,
    sort: true,
    etag: true,
    changePassword: false,
    authenticationSchemes: [BEARER, CLIENT_CREDENTIALS],
    filter: { supported: true, maxResults: MOST_ROWS },
    bulk: { supported: true, maxOperations: MOST_BULK_OPERATIONS, maxPayloadSize: LARGEST_BULK },
  });
  // The typings ask for an instance where the class is meant.
  UserResource.extend(SCIMMY.Schemas.EnterpriseUser, false);
  UserResource.extend(LabelStudioUser, false);
  SCIMMY.Resources.declare(UserResource, "User");
  SCIMMY.Resources.declare(GroupResource, "Group");
}

/** RFC 9865 §4. No cursorTimeout: a cursor is valid as long as its query is. */
const PAGINATION = {
  cursor: true,
  index: true,
  defaultPaginationMethod: "index",
  defaultPageSize: DEFAULT_ROWS,
  maxPageSize: MOST_ROWS,
};

export function discoveryRoutes(): Router {
  const router = express.Router();
  router.get(["/ServiceProviderConfig", "/Schemas{/:id}", "/ResourceTypes{/:id}"], (req, _res, next) => {
    // RFC 7644 §4: a filter is forbidden here, lest a client takes the answer for filtered.
    if (contextOf(req).query["filter"] === undefined) next();
    else next(new BridgeError("INVALID_VALUE", `${req.path} cannot be filtered; read it whole.`, { status: 403 }));
  });
  router.get("/ServiceProviderConfig", (req, res) => {
    const location = `${contextOf(req).baseUrl}/ServiceProviderConfig`;
    // scimmy's schema is older than RFC 9865 and would drop the attribute.
    res.json({ ...new SCIMMY.Schemas.ServiceProviderConfig(SCIMMY.Config.get(), location), pagination: PAGINATION });
  });
  serve(router, "/Schemas", (base) => SCIMMY.Schemas.declared().map((schema) => schema.describe(base)));
  serve(router, "/ResourceTypes", (base) =>
    [UserResource, GroupResource].map((resource) => new SCIMMY.Schemas.ResourceType(resource.describe(), base)),
  );
  return router;
}

/** A short list of descriptions, whole and one by one. */
function serve(router: Router, path: string, describe: (base: string) => readonly { readonly id: string }[]): void {
  const all = (req: Request) => describe(`${contextOf(req).baseUrl}${path}`);
  router.get(path, (req, res) => {
    const descriptions = all(req);
    const { length } = descriptions;
    res.send(
      listResponse(
        { total: length, count: length, text: JSON.stringify(descriptions).slice(1, -1) },
        { startIndex: 1 },
      ),
    );
  });
  router.get(`${path}/:id`, (req, res) => {
    const found = all(req).find(({ id }) => id.toLowerCase() === req.params["id"]?.toLowerCase());
    if (!found) throw new BridgeError("NOT_FOUND", `${path} has no ${req.params["id"]}; GET ${path} lists all.`);
    res.json(found);
  });
}
