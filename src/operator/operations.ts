import { explainGroup, explainPerson, planEverybody } from "../foresight/index.js";
import { parseMapping, type Mapping } from "../mapping/index.js";
import type { RailContext } from "../plan/index.js";
import type { Attributes } from "../directory/index.js";
import type { Clock, Lane, Store } from "../ports.js";
import { seatReport } from "./seats.js";
import type { Operations } from "./types.js";

export interface OperationsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly mapping: () => Mapping;
  readonly observeOnly: boolean;
  /** The user behind the API key, as far as it is known. */
  readonly principalId: () => number | undefined;
  /** Has Label Studio asked how many seats are in use, where that can be done from here. */
  readonly askSeats: () => Promise<void>;
  /** Somebody has been put into the outbox. */
  readonly onWork: (lane: Lane) => void;
}

export function operations(options: OperationsOptions): Operations {
  return { ...questions(options), ...decisions(options) };
}

type Questions = Pick<Operations, "counts" | "people" | "holds" | "seats" | "plan" | "explain">;

function questions(options: OperationsOptions): Questions {
  const { store, clock } = options;
  const planned = (mapping: () => Mapping) => planEverybody({ store, mapping, now: clock.now() }, principal(options));
  return {
    counts: async () => ({ ...(await store.work.counts(clock.now())), paused: await store.rails.pause() }),
    people: (state, afterId, limit) => store.work.outcomes(state, afterId, limit),
    holds: (afterId, limit) => store.rails.holds(afterId, limit),
    seats: () => seatReport(options),
    plan: async (text) => {
      const parsed = text === undefined ? undefined : parseMapping(text);
      if (parsed?.kind === "problems") return { problems: parsed.problems };
      return planned(parsed ? () => parsed.mapping : options.mapping);
    },
    explain: async (subject) => {
      const found = await store.inquiries.find(subject);
      if (found === undefined) return undefined;
      if (found.kind === "person") {
        const [row] = await store.work.people([found.id]);
        return row && explainPerson(options, row, principal(options));
      }
      const group = await store.directory.group(found.id);
      return group && explainGroup(options, group);
    },
  };
}

/** What rails can be asked without a call. */
const principal = ({ principalId }: OperationsOptions): Omit<RailContext, "budgets" | "mapping"> => ({
  principalId: principalId(),
  ownerIds: undefined,
  administrators: undefined,
  seats: undefined,
  // What would be done is the question; that nothing is done for now is no answer.
  observeOnly: false,
});

function decisions(options: OperationsOptions): Omit<Operations, keyof Questions> {
  const { store, clock, onWork } = options;
  const at = (): string => new Date(clock.now()).toISOString();
  const audit = (action: string, subject: string, detail: Attributes): Promise<void> =>
    store.work.audit({ at: at(), actor: "operator", requestId: undefined, action, subject, detail });
  const wake = (): void => (["leaver", "change"] as const).forEach(onWork);
  return {
    decide: async (chosen, decision) => {
      const people = await store.rails.decide(chosen, decision, clock.now());
      for (const personId of people) await audit(`hold.${decision}`, personId, {});
      wake();
      return people.length;
    },
    reconcile: async (digest) => {
      if (digest === undefined) return store.work.enqueueEveryone("review", "reconcile", "reconcile", clock.now());
      const plan = await planEverybody({ ...options, now: clock.now() }, principal(options));
      if (plan.digest !== digest) return undefined;
      await store.rails.approve(plan.changes, `plan ${digest.slice(0, 12)}`, clock.now());
      await audit("plan.approved", digest, { people: plan.changes.length });
      wake();
      return plan.changes.length;
    },
    pause: async (all) => {
      const pause = { all, at: at() };
      await store.rails.setPause(pause);
      await audit("pause", "bridge", { all });
      return pause;
    },
    resume: async () => {
      const pause = await store.rails.pause();
      await store.rails.setPause(undefined);
      if (pause) await audit("resume", "bridge", {});
      wake();
      return pause;
    },
    retry: async () => {
      const people = await store.inquiries.retryNow(clock.now());
      if (people > 0) await audit("retry", "bridge", { people });
      wake();
      return people;
    },
    forget: async (address) => {
      const { erased, living } = await store.inquiries.erase(address.trim().toLowerCase());
      for (const personId of erased) await audit("forget", personId, {});
      return { erased: erased.length, living };
    },
  };
}
