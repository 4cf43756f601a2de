import { expect, test } from "@jest/globals";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { request } from "undici";
import { startBridge } from "../../src/bridge.js";
import { readConfig } from "../../src/config.js";
import { parseMapping } from "../../src/mapping/index.js";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.js";
import { startTelemetry } from "../../src/telemetry/index.js";
import { user } from "../support/bridge.js";
import { FASTER, fastClock } from "../support/fast-clock.js";

async function bridgeOn(sandbox: Sandbox, folder: string) {
  const config = readConfig({
    LABEL_STUDIO_URL: sandbox.url,
    LABEL_STUDIO_API_KEY: sandbox.apiKey,
    LABEL_STUDIO_MAX_RPS: "0",
    SCIM_BEARER_TOKEN: "scim-token-for-tests-only",
    PORT: "0",
    LOG_LEVEL: "silent",
    DATABASE_URL: `sqlite:${join(folder, "bridge.db")}`,
  });
  const mapping = parseMapping("version: 1\n");
  if (config.kind === "problems" || mapping.kind === "problems") throw new Error("configuration");
  const telemetry = startTelemetry({ level: config.config.logLevel });
  return startBridge({ config: config.config, mapping: mapping.mapping, telemetry, clock: fastClock });
}

const until = async (fulfilled: () => boolean, withinMs: number) => {
  for (const end = Date.now() + withinMs; !fulfilled(); await delay(10))
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms`);
};

test("a dead key is probed by one call every 30 s, and its return releases everybody", async () => {
  const sandbox = await startSandbox();
  const folder = await mkdtemp(join(tmpdir(), "bridge-dead-key-"));
  const bridge = await bridgeOn(sandbox, folder);
  const add = (email: string) =>
    request(`${bridge.url}/scim/v2/Users`, {
      method: "POST",
      headers: { authorization: "Bearer scim-token-for-tests-only", "content-type": "application/scim+json" },
      body: JSON.stringify(user(email)),
    }).then(({ body }) => body.dump());
  const unauthorized = () => sandbox.calls.filter((call) => call.status === 401).length;
  try {
    await add("first@acme.example");
    await until(() => sandbox.member("first@acme.example") !== undefined, 3_000);
    sandbox.revokeKey();
    await Promise.all(["a", "b", "c", "d", "e"].map((name) => add(`${name}@acme.example`)));
    await until(() => unauthorized() > 0, 1_000);
    await delay(200);
    const first = unauthorized();
    expect(first).toBeLessThanOrEqual(5);
    // 100 s of the bridge's time: three probes, whatever else arrives meanwhile.
    await add("f@acme.example");
    await delay(100_000 / FASTER);
    expect(unauthorized() - first).toBeGreaterThanOrEqual(3);
    expect(unauthorized() - first).toBeLessThanOrEqual(4);
    sandbox.restoreKey();
    await until(() => sandbox.member("e@acme.example") !== undefined, 33_000 / FASTER + 500);
    await until(() => [..."abcdef"].every((name) => sandbox.member(`${name}@acme.example`) !== undefined), 500);
  } finally {
    await bridge.stop();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}, 20_000);
