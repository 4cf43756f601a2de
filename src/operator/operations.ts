import { setImmediate } from "node:timers/promises";
import { credentialDesk, type CredentialDesk } from "../access/index.js";
import { explainGroup, explainPerson, planEverybody, principalIn } from "../foresight/index.js";
import { parseMapping, type Mapping } from "../mapping/index.js";
import type { RailContext } from "../plan/index.js";
import type { AuditLine, Clock, Lane, Store } from "../ports.js";
import { seatReport } from "./seats.js";
import { knownSupply } from "./supply.js";
import type { Operations } from "./types.js";

export interface OperationsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly mapping: () => Mapping;
  /** Has Label Studio asked how many seats are in use, where that can be done from here. */
  readonly askSeats: () => Promise<void>;
  readonly random: (bytes: number) => Buffer;
  /** Somebody has been put into the outbox. */
  readonly onWork: (lane: Lane) => void;
}

export function operations(options: OperationsOptions): Operations {
  return { ...questions(options), ...decisions(options), ...credentialDesk(options) };
}

type Questions = Pick<Operations, "counts" | "people" | "holds" | "seats" | "plan" | "explain">;

function questions(options: OperationsOptions): Questions {
  const { store, clock } = options;
  const foreseen = async (mapping: Mapping) => ({
    ...(await protections(options)),
    seats: await knownSupply(options, mapping),
  });
  const planned = async (mapping: () => Mapping, onProgress?: (people: number, all: number) => void) =>
    planEverybody({ store: withTurns(store), mapping, now: clock.now(), onProgress }, await foreseen(mapping()));
  return {
    counts: async () => ({ ...(await store.work.counts(clock.now())), paused: await store.rails.pause() }),
    people: (state, afterId, limit) => store.work.outcomes(state, afterId, limit),
    holds: (afterId, limit) => store.rails.holds(afterId, limit),
    seats: () => seatReport(options),
    plan: async (text, onProgress) => {
      const parsed = text === undefined ? undefined : parseMapping(text);
      if (parsed?.kind === "problems") return { problems: parsed.problems };
      return planned(parsed ? () => parsed.mapping : options.mapping, onProgress);
    },
    explain: async (subject) => {
      const found = await store.inquiries.find(subject);
      if (found === undefined) return undefined;
      if (found.kind === "person") {
        const [row] = await store.work.people([found.id]);
        return row && explainPerson(options, row, await foreseen(options.mapping()));
      }
      const group = await store.directory.group(found.id);
      return group && explainGroup(options, group);
    },
  };
}

/** A plan of very many people looks at some hundred at a time: between them everybody else has a turn. */
const withTurns = (store: Store): Store => ({
  ...store,
  inquiries: {
    ...store.inquiries,
    known: async (afterId, limit) => {
      await setImmediate();
      return store.inquiries.known(afterId, limit);
    },
  },
});

/** What rails can be asked without a call. */
const protections = async ({ store }: OperationsOptions): Promise<Omit<RailContext, "budgets" | "mapping">> => ({
  principalId: await principalIn(store),
  ownerIds: await store.rails.membersWith(["OW"]),
  administrators: (await store.rails.membersWith(["OW", "AD"])).length,
  seats: undefined,
  // What would be done is the question; that nothing is done for now is no answer.
  observeOnly: false,
});

function decisions(options: OperationsOptions): Omit<Operations, keyof Questions | keyof CredentialDesk> {
  const { store, clock, onWork } = options;
  const at = (): string => new Date(clock.now()).toISOString();
  const line = (action: string, subject: string, detail: AuditLine["detail"] = {}): AuditLine => {
    return { at: at(), actor: "operator", requestId: undefined, action, subject, detail };
  };
  const wake = (): void => (["leaver", "change"] as const).forEach(onWork);
  return {
    decide: async (chosen, decision) => {
      const lineOf = (personId: string): AuditLine => line(`hold.${decision}`, personId);
      const people = await store.rails.decide(chosen, decision, lineOf, clock.now());
      wake();
      return people.length;
    },
    reconcile: async (digest) => {
      // As at a start: the mapping says what it said, so that what was rejected stays so.
      if (digest === undefined) return store.work.enqueueEveryone("sweep", "reconcile", "reconcile", clock.now());
      const { digest: now, changes } = await planEverybody(
        { ...options, store: withTurns(store), now: clock.now() },
        await protections(options),
      );
      if (now !== digest) return undefined;
      // What protects somebody, or a seat that is not there, is nobody's to approve.
      const approvable = changes.filter(({ held, isProtected }) => held === undefined || !isProtected);
      const approved = line("plan.approved", digest, { people: approvable.length });
      await store.rails.approve(approvable, `plan ${digest.slice(0, 12)}`, approved, clock.now());
      wake();
      return approvable.length;
    },
    pause: async (all) => {
      const known = await store.rails.pause();
      // What the bridge has paused for a reason of its own ends by `resume` alone: another pause must not let leavers out.
      if (known?.because !== undefined && (known.all || !all)) return known;
      const pause = { all, at: at() };
      await store.rails.setPause(pause, line("pause", "bridge", { all }));
      return pause;
    },
    resume: async () => {
      const pause = await store.rails.pause();
      if (pause) await store.rails.setPause(undefined, line("resume", "bridge"));
      wake();
      return pause;
    },
    retry: async () => {
      const people = await store.inquiries.retryNow((count) => line("retry", "bridge", { people: count }), clock.now());
      wake();
      return people;
    },
    forget: (address) => store.inquiries.erase(address.trim().toLowerCase(), (personId) => line("forget", personId)),
  };
}
