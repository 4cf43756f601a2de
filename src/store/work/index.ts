import type { Kysely } from "kysely";
import type { Work } from "../../ports.js";
import { appendAudit } from "../audit.js";
import type { Tables } from "../tables.js";
import { enqueueEveryone } from "./enqueue.js";
import { links } from "./links.js";
import { observed } from "./observed.js";
import { outbox } from "./outbox.js";
import { counts, outcomeOf, outcomesIn } from "./outcomes.js";
import { people, peopleWithAddress } from "./people.js";

export function work(db: Kysely<Tables>): Work {
  return {
    enqueueEveryone: (cause, now) => enqueueEveryone(db, cause, now),
    ...outbox(db),
    ...links(db),
    ...observed(db),
    people: (ids) => people(db, ids),
    peopleWithAddress: (address) => peopleWithAddress(db, address),
    outcome: (personId) => outcomeOf(db, personId),
    outcomes: (state, afterId, limit) => outcomesIn(db, state, afterId, limit),
    counts: (now) => counts(db, now),
    audit: (line) => appendAudit(db, line),
  };
}
