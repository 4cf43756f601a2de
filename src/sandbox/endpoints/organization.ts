import { forbidden, json, notFound, type Answer } from "../answers.js";
import { defaultRole, withBody } from "../bodies.js";
import type { ApiCall, Route, Site } from "../routing.js";
import { organizationRefusal, roleRefusal } from "./rules.js";

export const INVITE_TOKEN = "3f0c1d2e4b5a69788796a5b4c3d2e1f00f1e2d3c";

export const organizationRoutes: readonly Route[] = [
  { method: "GET", path: "/api/organizations/", needs: "authentication", handle: list },
  { method: "GET", path: "/api/organizations/:organization", needs: "organizations.view", handle: detail },
  {
    method: "PATCH",
    path: "/api/organizations/:organization/set-default-role",
    needs: "organizations.change",
    handle: withBody(defaultRole, ({ site, params }, body) => {
      const role = body.default_role ?? site.behaviour.defaultRole;
      const refusal = organizationRefusal(params["organization"], site) ?? roleRefusal(role, site);
      if (refusal !== undefined) return refusal;
      site.behaviour = { ...site.behaviour, defaultRole: role };
      return json(200, { ...body, organization: site.world.organizationId, default_role: role });
    }),
  },
  { method: "GET", path: "/api/scim/settings", needs: "organizations.change", handle: settings("scim") },
  { method: "GET", path: "/api/saml/settings", needs: "organizations.change", handle: settings("saml") },
  { method: "GET", path: "/api/billing/info", needs: "authentication", handle: billing },
];

/** Only organisations in which the caller has a living membership (contract 2.3). */
function list({ site }: ApiCall): Answer {
  const { world, behaviour, principal } = site;
  const row = { id: world.organizationId, title: behaviour.title, contact_info: null, created_at: FOUNDED };
  return json(200, principal.deleted ? [] : [row]);
}

function detail({ site, params }: ApiCall): Answer {
  const { world, behaviour } = site;
  return (
    organizationRefusal(params["organization"], site) ??
    json(200, {
      id: world.organizationId,
      title: behaviour.title,
      token: INVITE_TOKEN,
      created_at: FOUNDED,
      default_role: behaviour.defaultRole,
      external_id: null,
      billing: {
        manual_role_management: behaviour.manualRoleManagement,
        manual_workspace_management: behaviour.manualWorkspaceManagement,
        enforce_session_concurrency: false,
        max_parallel_sessions: null,
        session_concurrency_window_seconds: null,
      },
      custom_scripts_enabled: false,
      custom_interfaces_enabled: false,
      embed_enabled: false,
      embed_domains: null,
      embed_settings: null,
      email_notification_settings: { notifications_allowed: {}, notification_types: [] },
      interface_settings: null,
      react_code_settings: {},
    })
  );
}

const FOUNDED = "2024-02-01T09:00:00Z";
const UNLIMITED = { count: 0, limit: -1, reached: false };
const NO_DATE = { license_expires: null, license_issued: null, license_warning: null };
const NO_PROMPTS = { prompts_api_keys_enabled: false, prompts_enabled: false, prompts_expire: null };
const FLAGS_ON = ["allow_activity_log", "allow_reviewing", "allow_sso", "email_configured"];
const FLAGS_OFF = [
  ...["allow_ai", "allow_ask_ai", "allow_data_credentials", "allow_invite_project_experts", "allow_nda"],
  ...["allow_organization_webhooks", "allow_storage_proxy", "automax_enabled", "automax_token_exists"],
  ...["cloud_instance", "disable_members_page", "disable_project_imports", "early_adopter", "embed_enabled"],
  ...["secure_mode", "storage_persistence"],
];

function settings(of: "scim" | "saml") {
  return ({ site: { behaviour } }: ApiCall): Answer => {
    if (behaviour.roleGroups === undefined) return notFound();
    return json(200, { roles_groups: behaviour.roleGroups[of], workspaces_groups: [], projects_groups: [] });
  };
}

function billing({ site }: ApiCall): Answer {
  switch (site.behaviour.billing) {
    case "told":
      return json(200, { billing_checks: checks(site), billing_flags: flags(site) });
    case "absent":
      return notFound();
    case "forbidden":
      return forbidden();
  }
}

function checks({ world, behaviour: { seatLimit } }: Site) {
  const count = world.seatsTaken();
  return {
    users: { count, limit: seatLimit ?? -1, reached: seatLimit !== undefined && count >= seatLimit },
    projects: UNLIMITED,
    results: UNLIMITED,
    import_storages: UNLIMITED,
    export_storages: UNLIMITED,
    organization_is_active: true,
    is_license_expired: false,
    is_license_warning: false,
    ...NO_DATE,
    ...NO_PROMPTS,
    is_prompts_expire: false,
    is_prompts_warning: false,
    prompts_status: "Disabled for this organization [FF]",
    prompts_warning: null,
    trial_days: 0,
  };
}

function flags({ behaviour }: Site) {
  return {
    ...Object.fromEntries(FLAGS_ON.map((flag) => [flag, true])),
    ...Object.fromEntries(FLAGS_OFF.map((flag) => [flag, false])),
    activated_at: FOUNDED,
    white_label_id: null,
    allow_invite_people: behaviour.allowInvites,
    manual_role_management: behaviour.manualRoleManagement,
    manual_workspace_management: behaviour.manualWorkspaceManagement,
  };
}
