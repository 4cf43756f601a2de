// The user behind the API key, for whoever does not ask Label Studio: other processes, and commands straight on a store.
import type { Store } from "../ports.js";

/** Fact: the user id as last told. */
export const PRINCIPAL = "upstream.principal";

export async function principalIn({ recall }: Pick<Store, "recall">): Promise<number | undefined> {
  const userId = await recall(PRINCIPAL);
  return userId === undefined ? undefined : Number(userId);
}
