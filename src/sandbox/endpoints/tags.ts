import type { z } from "zod";
import { invalid, json, type Answer } from "../answers.js";
import { tagAssignment, tagCreate, tagsCreate, withBody } from "../bodies.js";
import { pageOf } from "../paging.js";
import type { Tag } from "../places.js";
import type { ApiCall, Handle, Route, Site } from "../routing.js";
import { chosen, counted, offered } from "./crowd.js";
import { organizationRefusal } from "./rules.js";
import { selectMembers } from "./member-filters.js";

const TAGS = "/api/organizations/:organization/member-tags";

const here = (handle: Handle): Handle =>
  offered("tags", (call) => organizationRefusal(call.params["organization"], call.site) ?? handle(call));

export const tagRoutes: readonly Route[] = [
  { method: "GET", path: TAGS, needs: "organizations.view", handle: here(list) },
  { method: "POST", path: TAGS, needs: "organizations.change", handle: here(withBody(tagCreate, create)) },
  {
    method: "POST",
    path: `${TAGS}/bulk`,
    needs: "organizations.change",
    handle: here(withBody(tagsCreate, createAll)),
  },
  {
    method: "POST",
    path: `${TAGS}/assignments`,
    needs: "organizations.change",
    handle: here(withBody(tagAssignment, assign)),
  },
];

function list(call: ApiCall): Answer {
  const search = (call.query.get("search") ?? "").toLowerCase();
  const found = [...call.site.world.places.tags.values()].filter(({ label }) => label.toLowerCase().includes(search));
  return pageOf(call, found, (tag) => tagRow(call.site, tag), { usual: 30, most: 100 });
}

function create({ site }: ApiCall, { label }: z.infer<typeof tagCreate>): Answer {
  if (site.world.places.tagOf(label) !== undefined) return invalid({ label: ["Tag with this label already exists."] });
  return json(201, tagRow(site, site.world.places.newTag(label)));
}

function createAll({ site }: ApiCall, { labels }: z.infer<typeof tagsCreate>): Answer {
  const { places } = site.world;
  const before = places.tags.size;
  for (const label of labels) if (places.tagOf(label) === undefined) places.newTag(label);
  return json(201, { created: places.tags.size - before });
}

/** With `all` the query holds the filters of the member list (contract 2.5). */
function assign({ site, query }: ApiCall, body: z.infer<typeof tagAssignment>): Answer {
  const { places } = site.world;
  const { tags = [], overwrite = false } = body;
  const unknown = tags.find((id) => !places.tags.has(id));
  if (unknown !== undefined) return invalid({ tags: [`Invalid pk "${unknown}" - object does not exist.`] });
  const filtered = body.all ? selectMembers(site, query).map(({ account }) => account.id) : [];
  const who = chosen(site, body, filtered);
  if ("kind" in who) return who;
  const made = who.users.reduce((links, userId) => links + places.tag(userId, tags, overwrite), 0);
  return counted(site, "assigned", made, who.users.length * tags.length);
}

function tagRow(site: Site, { id, label, created }: Tag) {
  const { account } = site.principal;
  return {
    id,
    label,
    organization: site.world.organizationId,
    member_count: site.world.places.taggedWith(id).length,
    created_at: created,
    updated_at: created,
    created_by: {
      id: account.id,
      email: account.email,
      username: account.username,
      first_name: account.firstName,
      last_name: account.lastName,
      avatar: null,
    },
  };
}
