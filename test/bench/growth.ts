// How cost and memory change with the number of users; each size is a server and a database of its own.
import { groupId, userId, userName } from "./fill.js";
import { fire, type Shot } from "./load.js";
import { spawnBridge, TOKEN } from "./server.js";

const USERS = [1_000, 10_000, 100_000] as const;
const REQUESTS = 6_000;

/** `most`: how much dearer the largest may be than the smallest. */
interface Measured {
  readonly name: string;
  readonly most: number | undefined;
  readonly shot: (users: number, index: number) => Shot;
}

const someone = (users: number, index: number): number => (index * 7919) % users;
const filter = (text: string): string => `/scim/v2/Users?filter=${encodeURIComponent(text)}`;

const MEASURED: readonly Measured[] = [
  {
    name: "GET user by id",
    most: 1.3,
    shot: (users, i) => ({ method: "GET", path: `/scim/v2/Users/${userId(someone(users, i))}` }),
  },
  {
    name: "filter userName eq",
    most: 1.3,
    shot: (users, i) => ({ method: "GET", path: filter(`userName eq "${userName(someone(users, i))}"`) }),
  },
  {
    name: "PATCH ±1 member",
    most: undefined,
    shot: (users, i) => ({
      method: "PATCH",
      path: `/scim/v2/Groups/${groupId(0)}`,
      body: JSON.stringify({
        schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        Operations: [
          { op: i % 2 === 0 ? "add" : "remove", path: "members", value: [{ value: userId(someone(users, i >> 1)) }] },
        ],
      }),
    }),
  },
  {
    name: "list of 100 users",
    most: undefined,
    shot: (users, i) => ({ method: "GET", path: `/scim/v2/Users?startIndex=${1 + someone(users - 100, i)}&count=100` }),
  },
];

const MOST_GROWTH_MB = 40;

export async function growth(connections: number): Promise<void> {
  const costs: number[][] = [];
  const memory: number[] = [];
  for (const users of USERS) {
    const server = await spawnBridge({ users, groups: [{ displayName: "Group of 10", members: 10 }] });
    try {
      const row: number[] = [];
      for (const { shot } of MEASURED) {
        const one = (index: number): Shot => shot(users, index);
        await fire(server, TOKEN, connections, REQUESTS / 4, one);
        row.push((await fire(server, TOKEN, connections, REQUESTS, one)).cpuMs);
      }
      costs.push(row);
      memory.push(server.rssMb());
    } finally {
      await server.stop();
    }
  }
  report(costs, memory);
}

function report(costs: readonly (readonly number[])[], memory: readonly number[]): void {
  console.log(`\nCPU ms per request at ${USERS.join(", ")} users`);
  MEASURED.forEach(({ name, most }, at) => {
    const row = costs.map((each) => each[at] ?? 0);
    const ratio = (row.at(-1) ?? 0) / (row[0] ?? 1);
    verdict(
      most === undefined || ratio <= most,
      name,
      row.map((cost) => cost.toFixed(3)),
      `x ${ratio.toFixed(2)}`,
      most,
    );
  });
  const grown = (memory.at(-1) ?? 0) - (memory[0] ?? 0);
  verdict(
    grown <= MOST_GROWTH_MB,
    "RSS MB",
    memory.map((mb) => mb.toFixed(0)),
    `+${grown.toFixed(0)}`,
    MOST_GROWTH_MB,
  );
}

function verdict(ok: boolean, name: string, row: readonly string[], change: string, most: number | undefined): void {
  if (!ok) process.exitCode = 1;
  const cells = row.map((cell) => cell.padStart(8)).join("");
  console.log(
    `${ok ? "  " : "✗ "}${name.padEnd(24)}${cells}   ${change}${most === undefined ? "" : ` (most ${most})`}`,
  );
}
