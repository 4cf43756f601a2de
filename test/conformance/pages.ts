import type { Anchor, Page, Sort } from "../../src/directory/index.js";
import type { Store } from "../../src/ports.js";

export const VIEW = {
  locations: { User: "https://scim.example.com/Users/", Group: "https://scim.example.com/Groups/" },
  related: true,
};
export const ALL = { filter: undefined, sort: undefined, startIndex: 1, count: 100 };

interface Resource {
  readonly id: string;
  readonly userName: string;
}

export const resourcesOn = ({ text }: Pick<Page, "text">): readonly Resource[] =>
  JSON.parse(`[${text}]`) as readonly Resource[];

/** Ids of the resources that this page shows. */
export const idsIn = (page: Page): readonly string[] => resourcesOn(page).map(({ id }) => id);

/** Ids of all users, page behind page; `between` happens after each page. */
export async function walk(
  store: Store,
  sort: Sort,
  count: number,
  between: (found: readonly string[]) => Promise<void> = () => Promise.resolve(),
): Promise<readonly string[]> {
  const found: string[] = [];
  for (let after: Anchor | "start" | undefined = "start"; after;) {
    const page: Page = await store.directory.users({ ...ALL, sort, count, after }, VIEW);
    found.push(...idsIn(page));
    after = page.next;
    await between(found);
  }
  return found;
}
