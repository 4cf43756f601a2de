import type { CredentialDesk } from "../access/index.js";
import type { GroupExplained, PersonExplained, Plan } from "../foresight/index.js";
import type { Problem } from "../mapping/index.js";
import type { Chosen, Erased, HeldPerson, Pause, PeopleCounts, PeopleAsked, PersonOutcome } from "../ports.js";
import type { SeatReport } from "./seats.js";

/** A userName, e-mail, SCIM id or externalId; else the displayName or id of a group. */
export type Subject = string;

export interface Counts extends PeopleCounts {
  readonly paused: Pause | undefined;
}

/** Everything that an operator can ask and decide; lists are pages, in the order of ids after `afterId`. */
export interface Operations extends CredentialDesk {
  counts(): Promise<Counts>;
  people(asked: PeopleAsked, afterId: string, limit: number): Promise<readonly PersonOutcome[]>;
  /** Licensed seats: how many are free, who waits for one, who has had one. */
  seats(): Promise<SeatReport>;
  holds(afterId: string, limit: number): Promise<readonly HeldPerson[]>;
  /** Answers for how many people it was decided. */
  decide(chosen: Chosen, decision: "approved" | "rejected"): Promise<number>;
  pause(all: boolean): Promise<Pause>;
  /** Answers the pause that has ended, if there was one. */
  resume(): Promise<Pause | undefined>;
  /** Whoever is failing or waits for another try is tried now; answers how many. */
  retry(): Promise<number>;
  /** `mapping`: text of another mapping than the one that is in force. */
  plan(
    mapping?: string,
    onProgress?: (people: number, all: number) => void,
  ): Promise<Plan | { readonly problems: readonly Problem[] }>;
  /**
   * Carries out the plan of this digest, also what a limit would hold of it; undefined when the plan is another one by
   * now. Without a digest everybody is looked at. Answers how many people.
   */
  reconcile(digest: string | undefined): Promise<number | undefined>;
  explain(subject: Subject): Promise<PersonExplained | GroupExplained | undefined>;
  /** Erases what is kept of somebody who was deleted over SCIM and has left Label Studio. */
  forget(address: string): Promise<Erased>;
}
