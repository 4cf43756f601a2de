import type { Anchor, Page, Sort, UserRecord } from "../../src/directory/index.js";
import type { Store } from "../../src/ports.js";

export const ALL = { filter: undefined, sort: undefined, startIndex: 1, count: 100 };

/** Ids of all users, page behind page; `between` happens after each page. */
export async function walk(
  store: Store,
  sort: Sort,
  count: number,
  between: (found: readonly string[]) => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let after: Anchor | "start" | undefined = "start"; after;) {
    const page: Page<UserRecord> = await store.directory.users({ ...ALL, sort, count, after });
    found.push(...page.rows.map(({ id }) => id));
    after = page.next;
    await between(found);
  }
  return found;
}
