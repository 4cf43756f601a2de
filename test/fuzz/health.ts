// Between hostile requests: everything that is stored can still be read, found, written back and removed.
import type { Trial } from "../support/bridge.js";
import type { DirectoryView } from "./directory.js";
import { keptAlive } from "./connection.js";
import { wrongJson } from "./invariants.js";
import { bytesOf, reading } from "./request.js";

interface Stored {
  readonly id: string;
  readonly schemas: readonly string[];
  readonly userName?: string;
  readonly displayName?: string;
  readonly meta: { readonly version: string };
}

/** Enough to aim at, few enough to read all of them again and again. */
const MOST = { users: 60, groups: 30 };

const pristine = [Object.prototype, Array.prototype, Function.prototype, String.prototype].map(
  (prototype) => [prototype, Reflect.ownKeys(prototype).length] as const,
);

export async function unhealthy(bridge: Trial, view: DirectoryView): Promise<readonly string[]> {
  const connection = keptAlive(Number(new URL(bridge.url).port));
  const get = async (path: string): Promise<{ readonly wrong: readonly string[]; readonly body: unknown }> => {
    const { status, headers, body } = await connection.ask(bytesOf(reading("health", path)), "GET");
    const text = body.toString();
    const wrong = status === 200 ? wrongJson({ headers }, text) : [`${status} ${text}`];
    return { wrong: wrong.map((each) => `GET ${path}: ${each}`), body: JSON.parse(text) as unknown };
  };
  const wrong: string[] = [];
  for (const [endpoint, name, ids] of [
    ["Users", "userName", view.users],
    ["Groups", "displayName", view.groups],
  ] as const) {
    const listed: string[] = [];
    for (let start = 1; start <= ids.length; start += 25) {
      const page = await get(`/${endpoint}?startIndex=${start}&count=25`);
      wrong.push(...page.wrong);
      listed.push(...(page.body as { Resources: Stored[] }).Resources.map(({ id }) => id));
    }
    if (JSON.stringify(listed) !== JSON.stringify(ids))
      wrong.push(`${endpoint} lists ${listed.join()} of ${ids.join()}`);
    for (const id of ids) {
      const read = await get(`/${endpoint}/${id}`);
      const stored = read.body as Stored;
      wrong.push(...read.wrong);
      if (stored.id !== id || !Array.isArray(stored.schemas))
        wrong.push(`${endpoint}/${id} reads ${JSON.stringify(stored)}`);
      const filter = `${name} eq ${JSON.stringify(stored[name])}`;
      // Beyond the cap on filters nobody can ask for it.
      if (filter.length > 4_096 || encodeURIComponent(filter).length > 8_000) continue;
      const found = await get(`/${endpoint}?filter=${encodeURIComponent(filter)}&attributes=id`);
      const hits = (found.body as { Resources?: Stored[] }).Resources?.map((each) => each.id) ?? [];
      if (JSON.stringify(hits) !== JSON.stringify([id])) wrong.push(`${filter} finds ${hits.join()}, not ${id}`);
    }
  }
  connection.close();
  for (const [prototype, keys] of pristine)
    if (Reflect.ownKeys(prototype).length !== keys)
      wrong.push(`a prototype has got new keys: ${Reflect.ownKeys(prototype).map(String).join()}`);
  return [...wrong, ...(await unstable(bridge, view))];
}

/** Okta reads a resource and writes it back whole: that changes nothing. */
async function unstable(bridge: Trial, view: DirectoryView): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const path of [...view.users.map((id) => `/Users/${id}`), ...view.groups.map((id) => `/Groups/${id}`)]) {
    const before = await bridge.scim("GET", path);
    const { status, body } = await bridge.scim("PUT", path, before.body);
    if (status !== 200 || JSON.stringify(body) !== JSON.stringify(before.body))
      wrong.push(
        `PUT of what GET ${path} answered: ${status} ${JSON.stringify(body)}, before: ${JSON.stringify(before.body)}`,
      );
  }
  return wrong;
}

export async function trim(bridge: Trial, view: DirectoryView): Promise<readonly string[]> {
  const surplus = [
    ...view.users.slice(MOST.users).map((id) => `/Users/${id}`),
    ...view.groups.slice(MOST.groups).map((id) => `/Groups/${id}`),
  ];
  const answers = await Promise.all(surplus.map(async (path) => (await bridge.scim("DELETE", path)).status));
  return answers.every((status) => status === 204) ? [] : [`DELETE of ${surplus.join()} answered ${answers.join()}`];
}
