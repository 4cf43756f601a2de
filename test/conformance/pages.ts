import type { Anchor, Page, Sort } from "../../src/directory/index.js";
import type { Store } from "../../src/ports.js";

export const VIEW = {
  locations: { User: "https://scim.example.com/Users/", Group: "https://scim.example.com/Groups/" },
  related: true,
};
export const ALL = { filter: undefined, sort: undefined, startIndex: 1, count: 100 };

/** Ids of the resources that this page shows. */
export const idsIn = ({ rows }: Page<string>): readonly string[] =>
  rows.map((text) => (JSON.parse(text) as { readonly id: string }).id);

/** Ids of all users, page behind page; `between` happens after each page. */
export async function walk(
  store: Store,
  sort: Sort,
  count: number,
  between: (found: readonly string[]) => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let after: Anchor | "start" | undefined = "start"; after;) {
    const page: Page<string> = await store.directory.users({ ...ALL, sort, count, after }, VIEW);
    found.push(...idsIn(page));
    after = page.next;
    await between(found);
  }
  return found;
}
