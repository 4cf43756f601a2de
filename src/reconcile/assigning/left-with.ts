import type { Context } from "../context.js";

/** What somebody was in when their membership ended, as last read. */
export async function leftWith({ store, mapping, places }: Context, userId: number): Promise<readonly string[]> {
  if (mapping().sections.length === 0) return [];
  const catalog = await places.catalog();
  const holdings = (await store.assignments.holdings([userId])).get(userId) ?? [];
  return holdings
    .map(({ kind, id, role }) => {
      const name = catalog.get(kind, id)?.name ?? "";
      return `${kind} ${id} ${name}${role === undefined ? "" : ` as ${role}`}`;
    })
    .sort();
}
