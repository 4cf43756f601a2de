import type { Migration } from "kysely";
import * as assignments from "./2026-11-22-tags-and-workspaces.js";
import * as first from "./2026-11-22-first.js";
import * as rails from "./2026-11-22-rails.js";
import * as seats from "./2026-11-22-seats.js";
import * as views from "./2026-11-22-views-of-operators.js";
import * as tokens from "./2026-11-22-tokens.js";
import * as trail from "./2026-11-22-trail.js";
import * as held from "./2026-11-22-what-is-held.js";
import * as moved from "./2026-11-22-who-was-moved.js";
import * as warned from "./2026-11-22-who-was-warned.js";

/** One history for every database; names sort in the order of their making and never change once released. */
export const migrations: Record<string, Migration> = {
  "2026-11-22-first": first,
  "2026-11-22-rails": rails,
  "2026-11-22-seats": seats,
  "2026-11-22-tags-and-workspaces": assignments,
  "2026-11-22-views-of-operators": views,
  "2026-11-22-tokens": tokens,
  "2026-11-22-trail": trail,
  "2026-11-22-what-is-held": held,
  "2026-11-22-who-was-moved": moved,
  "2026-11-22-who-was-warned": warned,
};
