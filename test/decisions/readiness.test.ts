// What is the matter shows in the parts of /readyz, while the status code says only whether requests should come here.
import { expect, test } from "@jest/globals";
import pg from "pg";
import { request } from "undici";
import { systemClock } from "../../src/clock.js";
import { freshDatabase } from "../support/postgres/database.js";
import { MAPPING, trial, type Trial } from "../support/bridge.js";

interface Part {
  readonly ok: boolean;
  readonly lastTrueAt?: string;
  readonly detail: string;
}

async function readyz(t: Trial): Promise<{ readonly status: number; readonly parts: Readonly<Record<string, Part>> }> {
  const { statusCode, body } = await request(`${t.url}/readyz`);
  return { status: statusCode, ...((await body.json()) as { parts: Record<string, Part> }) };
}

test("each part says whether it is so, when it was last, and what is the matter", async () => {
  const t = await trial();
  try {
    await t.settled();
    const { status, parts } = await readyz(t);
    expect(status).toBe(200);
    expect(Object.keys(parts)).toEqual(["store", "mapping", "upstream", "loop", "lease", "audit"]);
    for (const part of Object.values(parts))
      expect(part).toMatchObject({
        ok: true,
        lastTrueAt: expect.stringMatching(/^\d{4}-.*Z$/),
        detail: expect.any(String),
      });
    const answeredAt = async () => (await readyz(t)).parts["upstream"]?.lastTrueAt;
    // While nobody asks Label Studio anything it stays what it was.
    await t.until(async () => (await answeredAt()) === (await answeredAt()));
    t.sandbox.revokeKey();
    await t.scim("POST", "/Users", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName: "a@acme.example",
    });
    await t.until(async () => !(await readyz(t)).parts["upstream"]?.ok);
    const refused = await readyz(t);
    expect(refused.status).toBe(200);
    expect(refused.parts["upstream"]).toMatchObject({
      lastTrueAt: expect.any(String),
      detail: expect.any(String),
    });
  } finally {
    await t.close();
  }
});

test("who is not told whose turn it is, or cannot read the newest mapping, says so, and since when", async () => {
  const database = await freshDatabase();
  let later = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + later };
  const t = await trial({ clock, environment: { DATABASE_URL: database.url } });
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  try {
    await t.settled();
    await other.query("update facts set value = 'version: 99' where name = 'mapping.proposal'");
    await other.query("begin; lock table leases in access exclusive mode");
    const untilNow = systemClock.now();
    later = 60_000;
    const { parts } = await readyz(t);
    for (const name of ["mapping", "lease"]) {
      expect(parts[name]).toMatchObject({ ok: false, detail: expect.stringMatching(/, as the store said 6\d s ago$/) });
      expect(Date.parse(parts[name]?.lastTrueAt ?? "")).toBeLessThanOrEqual(untilNow);
    }
    await other.query("rollback");
    await t.remap(MAPPING);
    await t.until(async () => {
      const { mapping, lease } = (await readyz(t)).parts;
      return mapping?.ok === true && lease?.ok === true;
    });
  } finally {
    await other.end();
    await t.close();
    await database.drop();
  }
});

test("a loop that hangs in the database shows, and since when, while requests are still answered", async () => {
  const database = await freshDatabase();
  let later = 0;
  const clock = { ...systemClock, now: () => systemClock.now() + later };
  const t = await trial({ clock, environment: { DATABASE_URL: database.url } });
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  try {
    await t.settled();
    await other.query("begin; lock table outbox in access exclusive mode");
    await t.until(
      async () => Date.parse((await readyz(t)).parts["loop"]?.lastTrueAt ?? "") < systemClock.now() - 1_000,
    );
    const hung = (await readyz(t)).parts["loop"];
    later = 60_000;
    const { status, parts } = await readyz(t);
    expect(status).toBe(200);
    expect(parts["loop"]).toMatchObject({ ok: false, lastTrueAt: hung?.lastTrueAt });
    expect(parts["loop"]?.detail).toMatch(/^this process runs it; heard 6\d s ago$/);
    // Alerts have to see it too: what the store would have to count is left out.
    const metrics = await (await request(`${t.adminUrl}/metrics`)).body.text();
    expect(metrics).toMatch(/^scim_bridge_loop_silent_seconds [67]\d/m);
    expect(metrics).toMatch(/^scim_bridge_ready 0$/m);
    expect(metrics).not.toMatch(/^scim_bridge_(people|oldest_pending_seconds|held_people)\b/m);
    await other.query("rollback");
    await t.until(async () => (await readyz(t)).parts["loop"]?.ok === true);
  } finally {
    await other.end();
    await t.close();
    await database.drop();
  }
});
