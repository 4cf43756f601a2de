import { describe, expect, test } from "@jest/globals";
import type { Fault } from "../../src/sandbox/index.js";
import { MEMBERS, open, SEED, type Api } from "./api.js";

const promote = (api: Api) => api.send("PATCH", MEMBERS, { user_id: 3, role: "RE" });
const role = (api: Api) => api.sandbox.member("ann@x.example")?.role;

describe("answers that are not the true one", () => {
  test.each<[Fault, number, string]>([
    [{ kind: "status", status: 500 }, 500, "application/json"],
    [{ kind: "status", status: 502, html: true }, 502, "text/html; charset=utf-8"],
    [{ kind: "status", status: 503 }, 503, "application/json"],
    [{ kind: "status", status: 504, html: true }, 504, "text/html; charset=utf-8"],
    [{ kind: "rate-limited" }, 429, "application/json"],
    [{ kind: "html" }, 200, "text/html; charset=utf-8"],
    [{ kind: "garbage" }, 200, "application/json"],
    [{ kind: "unauthorized" }, 401, "application/json"],
    [{ kind: "forbidden", detail: "No." }, 403, "application/json"],
    [{ kind: "invalid", errors: { role: ["Not today."] } }, 400, "application/json"],
  ])("%j once, without effect", async (fault, status, type) => {
    const api = await open({ seed: SEED });
    api.sandbox.inject(fault);
    const reply = await promote(api);
    expect([reply.status, reply.headers.get("content-type"), role(api)]).toEqual([status, type, "AN"]);
    expect(api.sandbox.calls).toMatchObject([{ status, fault: fault.kind }]);
    expect((await promote(api)).status).toBe(200);
  });

  test("carry the words and headers asked for", async () => {
    const api = await open({ seed: SEED, now: () => 1_800_000_000_400 });
    api.sandbox.inject({ kind: "forbidden", detail: "Closed for the night." });
    expect((await promote(api)).body["detail"]).toBe("Closed for the night.");
    api.sandbox.inject({ kind: "invalid", errors: { user_id: ["Busy."] } });
    expect((await promote(api)).body["validation_errors"]).toEqual({ user_id: ["Busy."] });
    api.sandbox.inject({ kind: "status", status: 503, retryAfterSeconds: 7 });
    expect((await promote(api)).headers.get("retry-after")).toBe("7");
    api.sandbox.inject({ kind: "rate-limited", retryAfter: "date", seconds: 2 });
    const later = await promote(api);
    expect(later.headers.get("retry-after")).toBe("Fri, 15 Jan 2027 08:00:03 GMT");
    expect(later.headers.get("date")).toBe("Fri, 15 Jan 2027 08:00:00 GMT");
  });

  test("afterEffect: carried out although the answer says otherwise", async () => {
    const api = await open({ seed: SEED });
    api.sandbox.inject({ kind: "status", status: 504, html: true, afterEffect: true });
    expect([(await promote(api)).status, role(api)]).toEqual([504, "RE"]);
    api.sandbox.setRole("ann@x.example", "AN");
    api.sandbox.inject({ kind: "garbage", body: [], afterEffect: true });
    expect([(await promote(api)).text, role(api)]).toEqual(["[]", "RE"]);
  });
});

describe("answers that do not arrive", () => {
  test.each([
    [false, "AN"],
    [true, "RE"],
  ])("connection reset, after the effect: %p", async (afterEffect, expected) => {
    const api = await open({ seed: SEED });
    api.sandbox.inject({ kind: "reset", afterEffect });
    await expect(promote(api)).rejects.toThrow("fetch failed");
    expect(role(api)).toBe(expected);
    expect(api.sandbox.calls).toMatchObject([{ status: 0, fault: "reset" }]);
  });

  test.each([
    [false, "AN"],
    [true, "RE"],
  ])("silence, after the effect: %p, and the sandbox still closes", async (afterEffect, expected) => {
    const api = await open({ seed: SEED });
    api.sandbox.inject({ kind: "silence", afterEffect });
    const waiting = promote(api).catch((error: unknown) => error);
    expect(await Promise.race([waiting, new Promise((resolve) => setTimeout(resolve, 60, "nothing"))])).toBe("nothing");
    expect(role(api)).toBe(expected);
    await api.sandbox.close();
    expect(await waiting).toHaveProperty("message", "fetch failed");
  });

  test("a truncated body, after the effect", async () => {
    const api = await open({ seed: SEED });
    api.sandbox.inject({ kind: "truncated" });
    await expect(promote(api)).rejects.toThrow("terminated");
    expect(role(api)).toBe("RE");
  });

  test("a slow answer is the true one, later", async () => {
    const api = await open({ seed: SEED });
    api.sandbox.inject({ kind: "slow", ms: 40 });
    const startedAt = performance.now();
    expect((await promote(api)).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThan(35);
  });
});

describe("the aim", () => {
  const fault = { kind: "status", status: 500 } as const;
  const statuses = async (api: Api, times: number) => {
    const found: number[] = [];
    for (let index = 0; index < times; index++) found.push((await promote(api)).status);
    return found;
  };

  test("method and path, by expression or by function", async () => {
    const api = await open({ seed: SEED });
    api.sandbox.inject(fault, { method: "PATCH", path: /memberships$/ });
    expect((await api.get(MEMBERS)).status).toBe(200);
    expect(await statuses(api, 2)).toEqual([500, 200]);
    api.sandbox.inject(fault, { path: (_path, body) => (body as { user_id?: number } | undefined)?.user_id === 3 });
    expect((await api.get(MEMBERS)).status).toBe(200);
    expect(await statuses(api, 1)).toEqual([500]);
  });

  test("a number of times, in the order of injection, until cleared", async () => {
    const api = await open({ seed: SEED });
    api.sandbox.inject(fault, { times: 2 });
    api.sandbox.inject({ kind: "html" });
    expect(await statuses(api, 4)).toEqual([500, 500, 200, 200]);
    expect(api.sandbox.calls.map((call) => call.fault)).toEqual(["status", "status", "html", undefined]);
    api.sandbox.inject(fault, { times: Infinity });
    expect(await statuses(api, 2)).toEqual([500, 500]);
    api.sandbox.clearFaults();
    expect(await statuses(api, 1)).toEqual([200]);
  });

  test("a probability, the same in every run of a seed", async () => {
    const run = async (faultSeed: number) => {
      const api = await open({ seed: SEED, faultSeed });
      api.sandbox.inject(fault, { probability: 0.5 });
      return (await statuses(api, 40)).map((status) => (status === 500 ? "x" : ".")).join("");
    };
    const [once, again, other] = [await run(7), await run(7), await run(8)];
    expect(again).toBe(once);
    expect(other).not.toBe(once);
    const failed = once.split("x").length - 1;
    expect(failed).toBeGreaterThan(10);
    expect(failed).toBeLessThan(30);
  });
});
