import { json, RELEASE, type Answer } from "../answers.js";
import { tokenRefresh, withBody } from "../bodies.js";
import type { ApiCall, Route } from "../routing.js";
import { whoAmIRow } from "../rows.js";

export const accountRoutes: readonly Route[] = [
  { method: "GET", path: "/api/version/", needs: "nothing", handle: () => json(200, VERSION) },
  {
    method: "POST",
    path: "/api/token/refresh/",
    needs: "nothing",
    handle: withBody(tokenRefresh, ({ site }, { refresh }) => {
      const access = site.key.refresh(refresh, site.behaviour.accessTokenLifetimeMs);
      return typeof access === "string" ? json(200, { access }) : access;
    }),
  },
  { method: "GET", path: "/api/current-user/whoami", needs: "authentication", handle: whoAmI },
];

function whoAmI({ site }: ApiCall): Answer {
  return json(200, whoAmIRow(site.principal, site.world, site.behaviour.title));
}

const PARTS = ["backend", "dm2", "label-studio-converter", "label-studio-frontend", "label-studio-os-backend", "lsf"];
const VERSION = {
  release: RELEASE,
  edition: "Enterprise",
  "label-studio-os-package": { version: RELEASE, short_version: "2.36" },
  ...Object.fromEntries(PARTS.map((part) => [part, {}])),
};
