// An organisation with few seats, and the people who want them.
import { group, MAPPING, patch, user, type Trial } from "./bridge.js";
import { timelessTrial, type TimelessTrial } from "./timeless.js";

/** The key's own user takes the first seat. */
export const SEED = [{ email: "key@acme.example", role: "AD" }];
export const address = (name: string): string => `${name}@acme.example`;

export async function fewSeats(seatLimit: number, mapping = MAPPING): Promise<TimelessTrial> {
  const t = await timelessTrial({ mapping, sandbox: { seed: SEED, seatLimit } });
  await t.settled();
  t.sandbox.clearCalls();
  return t;
}

interface Shown {
  readonly reason: string;
  readonly warning?: string;
}

/** `t` is another one in each test. */
export function peopleOf(t: () => Trial) {
  const add = async (name: string) => (await t().scim("POST", "/Users", user(address(name)))).body.id;
  const shown = async (state: string) =>
    ((await t().admin("GET", `/people?state=${state}`))["people"] ?? []) as readonly Shown[];
  return {
    add,
    addAll: async (...names: readonly string[]): Promise<readonly string[]> => {
      const ids: string[] = [];
      for (const name of names) ids.push(await add(name));
      return ids;
    },
    set: (id: string | undefined, active: boolean) =>
      t().scim("PATCH", `/Users/${id}`, patch({ op: "replace", path: "active", value: active })),
    join: (groupId: string, id: string | undefined) =>
      t().scim("PATCH", `/Groups/${groupId}`, patch({ op: "add", path: "members", value: [{ value: id }] })),
    annotators: async (ids: readonly string[] = []) =>
      (await t().scim("POST", "/Groups", group("LS Annotators", ids))).body.id,
    role: (name: string) => t().sandbox.member(address(name))?.role,
    held: async () => (await shown("held")).map(({ reason }) => reason),
    warnings: async () => (await shown("converged")).flatMap(({ warning }) => warning ?? []),
  };
}
