import type { BridgeEvent } from "../events.js";
import type { Store } from "../ports.js";

/** What is told of each kind; two that are the same need no second message. */
export type Situation = Readonly<Record<NoticeType, Readonly<Record<string, unknown>> | undefined>>;

export const NOTICE_TYPES = ["held", "failing", "paused", "upstream", "token-expiring"] as const;
export type NoticeType = (typeof NOTICE_TYPES)[number];

/** As good as told to begin with: nothing is the matter. */
export const CALM: Situation = {
  held: { people: 0, reasons: {} },
  failing: { people: 0, reasons: {} },
  paused: { paused: false },
  upstream: { state: "up" },
  "token-expiring": { tokens: [] },
};

/** The part of a reason that quotes nobody: a rail, or a call with its status. */
const KIND = /^(protected|seats|safety\.[A-Za-z]+|BRIDGE_MODE|no e-mail|address belongs to)/;
const CALL = /^([a-z]+\.[a-z-]+) \([^)]*\): Label Studio answered (\d{3})/;

function kindOf(reason: string): string {
  const [, call, status] = CALL.exec(reason) ?? [];
  return call === undefined ? (KIND.exec(reason)?.[1] ?? "other") : `${call}:${status}`;
}

/** What only events tell: kept as long as the process runs. */
export function heard() {
  let upstream: "up" | "down" | undefined;
  const expiring = new Map<string, { readonly state: string; readonly expiresAt: string }>();
  return {
    observe: (event: BridgeEvent): void => {
      if (event.kind === "upstream-checked") upstream = event.ok ? "up" : "down";
      if (event.kind === "credential-expiry") {
        const { id, state, expiresAt } = event;
        expiring.set(id, { state, expiresAt: new Date(expiresAt).toISOString() });
      }
      if (event.kind === "credentials") {
        const known = new Set(event.credentials.map(({ id }) => id));
        for (const id of expiring.keys()) if (!known.has(id)) expiring.delete(id);
      }
    },
    look: async (store: Store): Promise<Situation> => ({
      held: await peopleIn(store, "held"),
      failing: await peopleIn(store, "failing"),
      paused: await pauseOf(store),
      upstream: upstream && { state: upstream },
      "token-expiring": { tokens: [...expiring].map(([id, rest]) => ({ id, ...rest })) },
    }),
  };
}

async function peopleIn({ inquiries }: Store, state: "held" | "failing"): Promise<Readonly<Record<string, unknown>>> {
  const reasons: Record<string, number> = {};
  let all = 0;
  for (const { reason, people } of await inquiries.reasons(state)) {
    reasons[kindOf(reason)] = (reasons[kindOf(reason)] ?? 0) + people;
    all += people;
  }
  return { people: all, reasons };
}

async function pauseOf({ rails }: Store): Promise<Readonly<Record<string, unknown>>> {
  const pause = await rails.pause();
  return pause ? { paused: true, all: pause.all, since: pause.at } : { paused: false };
}
