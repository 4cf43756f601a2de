import type { Make } from "../request.js";
import * as bodies from "./bodies.js";
import { bulk } from "./bulk.js";
import * as headers from "./headers.js";
import * as patches from "./patches.js";
import * as paths from "./paths.js";
import * as queries from "./queries.js";
import * as raw from "./raw.js";

const { unauthorized, ...otherHeaders } = headers;

const AUTHORIZED: readonly Make[] = [
  ...Object.values(otherHeaders),
  bodies.oddAttributes,
  bodies.oddAttributes,
  bodies.oddJson,
  bodies.forbiddenNames,
  bodies.depthAndWidth,
  bodies.unstorable,
  bodies.duplicateKeys,
  bodies.mutatedBody,
  patches.oddPatch,
  patches.oddPatch,
  patches.oddPatch,
  patches.halfBadPatch,
  patches.mutatedPatch,
  bodies.invalidUtf8,
  bodies.otherEncodings,
  queries.query,
  queries.query,
  queries.unusablePage,
  queries.search,
  bulk,
  bulk,
  paths.path,
  paths.mutatedTarget,
  paths.missing,
];

const RAW: readonly Make[] = [raw.broken, raw.mutatedMessage];
const withoutToken = unauthorized((random, targets) => random.pick(AUTHORIZED)(random, targets));

/** Each as often as it stands here. */
export const KINDS: readonly Make[] = [...AUTHORIZED, ...RAW, withoutToken, withoutToken, withoutToken, withoutToken];
