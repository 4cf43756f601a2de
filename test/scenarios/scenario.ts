// Directory + mapping + observed → plan, as data: what is decided for each person, and which rail holds it.
import { changeOf, fromTo } from "../../src/foresight/index.js";
import { resolve } from "../../src/mapping/index.js";
import type { Member } from "../../src/membership/index.js";
import {
  applyRails,
  decide,
  EFFECTS,
  withoutSeat,
  type Account,
  type Change,
  type RailContext,
} from "../../src/plan/index.js";
import { group, userWith, valid } from "../mapping/valid.js";

interface Somebody {
  /** Part of the address before @acme.example; @ in it: all of the address. */
  readonly who: string;
  readonly is?: "active" | "inactive" | "deleted";
  readonly groups?: readonly string[];
  /** Role at Label Studio; absent: no account. */
  readonly has?: string;
  readonly userType?: string;
  /** Whose doing it is that they are looked at. */
  readonly origin?: string;
  /** `role -> role` or `role -> deleted`, and `held: …` with a part of the reason; absent: nothing is to be done. */
  readonly becomes?: string;
  /** What is done meanwhile for want of a seat, in the same words. */
  readonly instead?: string;
}

export interface Scenario {
  readonly name: string;
  readonly mapping: string;
  readonly people: readonly Somebody[];
  readonly principal?: string;
  readonly observeOnly?: boolean;
  readonly administrators?: number;
  /** Of how many people the share is counted. */
  readonly among?: number;
  /** Done within the window already, of each effect. */
  readonly applied?: number;
  readonly seats?: { readonly used: number; readonly limit: number };
}

export function planOf(scenario: Scenario): readonly string[] {
  const mapping = valid(`version: 1\n${scenario.mapping}`);
  const changes = scenario.people.map((somebody, at) => changeFor(somebody, at, mapping));
  const wanted = changes.filter((change) => change !== undefined);
  const railed = applyRails(wanted, contextOf(scenario, mapping, wanted));
  return changes.map((change) => {
    if (!change) return "";
    const { from = "none", to } = fromTo(change);
    const verdict = railed[wanted.indexOf(change)]?.verdict;
    return `${from} -> ${to}${verdict?.kind === "held" ? `, held: ${verdict.reason}` : ""}`;
  });
}

const addressOf = (who: string): string => (who.includes("@") ? who : `${who}@acme.example`);

/** What everybody gets while they wait for a seat, whether they have to or not. */
export function insteadOf({ mapping: text, people }: Scenario): readonly string[] {
  const mapping = valid(`version: 1\n${text}`);
  return people.map((somebody, at) => {
    const account = accountOf(somebody, at, mapping);
    const decision = withoutSeat(account, mapping);
    const change = decision && changeOf({ account, decision }, undefined, "group");
    return change ? `${fromTo(change).from ?? "none"} -> ${fromTo(change).to}` : "";
  });
}

function changeFor(somebody: Somebody, at: number, mapping: ReturnType<typeof valid>): Change | undefined {
  const account = accountOf(somebody, at, mapping);
  return changeOf({ account, decision: decide(account, mapping) }, undefined, somebody.origin ?? "group");
}

function accountOf(somebody: Somebody, at: number, mapping: ReturnType<typeof valid>): Account {
  const { who, is = "active", groups = [], has, userType = "standard" } = somebody;
  const email = addressOf(who);
  const observed: Member | undefined =
    has === undefined
      ? undefined
      : { userId: at + 1, email, role: has, roleSource: undefined, userType, firstName: "", lastName: "" };
  return {
    person: { id: who, standing: is, email, firstName: "", lastName: "", leaverDue: is !== "active" },
    resolution:
      is === "active"
        ? resolve(
            mapping,
            userWith({ userName: email }),
            groups.map((name) => group(name)),
          )
        : undefined,
    // Everybody has matched once: what the mapping says counts at once.
    link: observed && {
      userId: at + 1,
      createdByUs: false,
      everMatched: true,
      roleBeforeDeactivation: undefined,
      namesSent: '["",""]',
    },
    observed,
    formerUserId: undefined,
    invited: false,
  };
}

function contextOf(scenario: Scenario, mapping: ReturnType<typeof valid>, changes: readonly Change[]): RailContext {
  const { people, principal, observeOnly = false, administrators, among = 100, applied = 0, seats } = scenario;
  const userIdOf = (test: (somebody: Somebody) => boolean): number[] =>
    people.flatMap((somebody, at) => (test(somebody) ? [at + 1] : []));
  const waiting = (effect: Change["effect"]) => {
    const origins = changes.filter((change) => change.effect === effect).map(({ origin }) => origin);
    return [...new Set(origins)].map((origin) => {
      return { origin, people: origins.filter((each) => each === origin).length, held: false };
    });
  };
  return {
    principalId: principal === undefined ? undefined : userIdOf(({ who }) => who === principal)[0],
    mapping,
    ownerIds: userIdOf(({ has }) => has === "OW"),
    administrators,
    budgets: new Map(EFFECTS.map((effect) => [effect, { applied, waiting: waiting(effect), among }])),
    seats: seats && { ...seats, resting: [], waiting: [] },
    observeOnly,
  };
}
