import { z } from "zod";
import { invalid, refused, type Answer, type Refused } from "./answers.js";
import type { ApiCall, Handle } from "./routing.js";

// Request bodies of the vendor's schema (May 2026) and of contract 2.3 to 2.7; a key that is not here is refused.
const name = z.string().max(256);
const USER_FIELDS = {
  username: name.optional(),
  first_name: name.optional(),
  last_name: name.optional(),
  phone: name.optional(),
  password: z.string().optional(),
  avatar: z.string().optional(),
  initials: z.string().optional(),
  id: z.int().optional(),
  active_organization: z.int().nullable().optional(),
  allow_newsletters: z.boolean().nullable().optional(),
  custom_hotkeys: z.unknown().optional(),
  date_joined: z.iso.datetime().optional(),
};
const email = z
  .string()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+$/, "Enter a valid email address.");
const filled = z.string().min(1, "This field may not be blank.");

export const tokenRefresh = z.strictObject({ refresh: filled });
export const roleUpdate = z.strictObject({
  user_id: z.int(),
  role: z.string().optional(),
  user_type: z.literal("standard").optional(),
});
export const userCreate = z.strictObject({
  ...USER_FIELDS,
  username: name.min(1, "This field may not be blank."),
  email,
});
export const userUpdate = z.strictObject({
  ...USER_FIELDS,
  is_email_verified: z.boolean().optional(),
  email: z.string().optional(),
});
export const sendInvite = z.strictObject({
  emails: z.array(filled),
  role: z.string().optional(),
  workspaces: z.array(z.int()).optional(),
  projects: z.array(z.int()).optional(),
  user_type: z.enum(["standard", "flex", "viewonly"]).optional(),
});
export const revokeInvite = z.strictObject({ email: filled });
const id = z.int().min(1);
export const tagCreate = z.strictObject({ label: filled.max(255) });
export const tagsCreate = z.strictObject({ labels: z.array(filled.max(255)).min(1) });
export const tagAssignment = z.strictObject({
  all: z.boolean(),
  included: z.array(id).optional(),
  excluded: z.array(id).optional(),
  tags: z.array(id).optional(),
  overwrite: z.boolean().optional(),
});
export const workspaceCreate = z.strictObject({
  title: filled.max(1000),
  description: z.string().nullable().optional(),
  color: z.string().max(16).nullable().optional(),
  is_personal: z.boolean().optional(),
  is_archived: z.boolean().optional(),
});
export const workspaceJoin = z.strictObject({ user: z.int(), workspace: z.int().optional() });
export const crowd = z.strictObject({
  all: z.boolean(),
  included: z.array(id).optional(),
  excluded: z.array(id).optional(),
});
export const projectJoin = z.strictObject({ user: z.int() });
const projectRoleCode = z.enum(["OW", "AD", "MA", "RE", "AN", "DI", "NO"]);
export const projectCrowd = z.strictObject({
  ...crowd.shape,
  roles: z.array(z.strictObject({ user_id: id, role: projectRoleCode })).optional(),
});
export const projectRole = z.strictObject({ user: z.int(), project: z.int(), role: projectRoleCode });
const optionalTime = z.iso.datetime().nullable().optional();
const optionalFlag = z.boolean().nullable().optional();
export const defaultRole = z.strictObject({
  default_role: z.string().optional(),
  organization: z.int().optional(),
  external_id: z.string().nullable().optional(),
  annotator_reviewer_firewall_enabled_at: optionalTime,
  custom_interfaces_enabled: optionalFlag,
  custom_scripts_enabled_at: optionalTime,
  email_notification_settings: z.unknown().optional(),
  embed_domains: z.unknown().optional(),
  embed_enabled: optionalFlag,
  embed_settings: z.unknown().optional(),
  extra_data_on_activity_logs: z.boolean().optional(),
  interface_settings: z.unknown().optional(),
  label_stream_navigation_disabled_at: optionalTime,
  react_code_settings: z.unknown().optional(),
  read_only_quick_view_enabled_at: optionalTime,
});

/** A handler that is only reached by a body of this shape. */
export function withBody<S extends z.ZodType>(shape: S, handle: (call: ApiCall, body: z.infer<S>) => Answer): Handle {
  return (call) => {
    const { body } = call;
    if (body.kind === "malformed") return refused(400, `JSON parse error - ${body.reason}`);
    if (body.kind === "other") return refused(415, `Unsupported media type "${body.mediaType}" in request.`);
    const value = body.kind === "json" ? body.value : {};
    const parsed = shape.safeParse(value);
    return parsed.success ? handle(call, parsed.data) : outsideSchema(parsed.error, value);
  };
}

function outsideSchema(error: z.ZodError, value: unknown): Refused {
  const errors: Record<string, string[]> = {};
  const add = (field: string, message: string) => (errors[field] ??= []).push(message);
  for (const issue of error.issues) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) add(key, "This field is not in the schema of this request.");
      continue;
    }
    const field = issue.path[0];
    if (field === undefined) add("non_field_errors", "Invalid data. Expected a dictionary.");
    else add(String(field), isAbsent(value, field) ? "This field is required." : issue.message);
  }
  return { ...invalid(errors), schema: true };
}

const isAbsent = (value: unknown, field: PropertyKey): boolean =>
  typeof value === "object" && value !== null && !(field in value);
