import { explainGroup, explainPerson, planEverybody } from "../foresight/index.js";
import { parseMapping, type Mapping } from "../mapping/index.js";
import type { RailContext } from "../plan/index.js";
import type { Attributes } from "../directory/index.js";
import type { Clock, Lane, Store } from "../ports.js";
import type { Operations } from "./types.js";

export interface OperationsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly mapping: () => Mapping;
  readonly observeOnly: boolean;
  /** The user behind the API key, as far as it is known. */
  readonly principalId: () => number | undefined;
  /** Somebody has been put into the outbox. */
  readonly onWork: (lane: Lane) => void;
}

export function operations(options: OperationsOptions): Operations {
  return { ...questions(options), ...decisions(options) };
}

type Questions = Pick<Operations, "counts" | "people" | "holds" | "plan" | "explain">;

function questions(options: OperationsOptions): Questions {
  const { store, clock } = options;
  const rails = (): Omit<RailContext, "budgets" | "mapping"> => ({
    principalId: options.principalId(),
    ownerIds: undefined,
    administrators: undefined,
    // What would be done is the question; that nothing is done for now is no answer.
    observeOnly: false,
  });
  const planned = (mapping: () => Mapping) => planEverybody({ store, mapping, now: clock.now() }, rails());
  return {
    counts: async () => ({ ...(await store.work.counts(clock.now())), paused: await store.rails.pause() }),
    people: (state, afterId, limit) => store.work.outcomes(state, afterId, limit),
    holds: (afterId, limit) => store.rails.holds(afterId, limit),
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
        return row && explainPerson(options, row, rails());
      }
      const group = await store.directory.group(found.id);
      return group && explainGroup(options, group);
    },
  };
}

function decisions({ store, clock, onWork }: OperationsOptions): Omit<Operations, keyof Questions> {
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
