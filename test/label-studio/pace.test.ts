import { describe, expect, test } from "@jest/globals";
import { hasCode } from "../../src/errors.js";
import { MAX_IN_FLIGHT, Pace, type Slot } from "../../src/label-studio/pace.js";
import type { Urgency } from "../../src/ports.js";
import { fakeClock, type FakeClock } from "../support/fake-clock.js";

const START = 1_000_000;

/** The most requests that any one-second window has seen. */
const busiestSecond = (at: readonly number[]): number =>
  Math.max(...at.map((from) => at.filter((other) => other >= from && other < from + 1_000).length));

function run(
  pace: Pace,
  clock: FakeClock,
  requests: number,
  request: (slot: Slot, nth: number) => void | Promise<void> = (slot) => slot.sent(),
): number[] {
  const at: number[] = [];
  for (let nth = 0; nth < requests; nth += 1) {
    void pace.run("grant", async (slot) => {
      const noted: Slot = {
        sent: () => (at.push(clock.now() - START), slot.sent()),
        throttled: (ms) => slot.throttled(ms),
      };
      await request(noted, nth);
    });
  }
  return at;
}

describe("spacing", () => {
  test.each([1, 3, 12, 15])("%d requests/s hold in every window and are evenly spaced", async (maxRps) => {
    const clock = fakeClock(START);
    const at = run(new Pace(maxRps, clock), clock, maxRps * 4);
    await clock.advance(10_000);
    expect(at).toHaveLength(maxRps * 4);
    expect(busiestSecond(at)).toBe(maxRps);
    const gaps = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000 / maxRps);
    expect(at.at(-1)).toBeLessThanOrEqual(4_000 * 1.1);
  });

  test("what late timers cost is made up for, within the limit", async () => {
    const clock = fakeClock(START);
    const late = { ...clock, sleep: (ms: number, signal?: AbortSignal) => clock.sleep(ms + 2, signal) };
    const at = run(new Pace(200, late), clock, 800);
    await clock.advance(5_000);
    expect(at).toHaveLength(800);
    expect(busiestSecond(at)).toBeLessThanOrEqual(200);
    expect(at.at(-1)).toBeLessThanOrEqual(4_000 * 1.04);
  });

  test("half a request per second is one every two seconds", async () => {
    const clock = fakeClock(START);
    const at = run(new Pace(0.5, clock), clock, 3);
    await clock.advance(10_000);
    expect(at).toEqual([0, 2_100, 4_200]);
  });

  test("a request whose connection is still being opened counts as sent at any moment", async () => {
    const clock = fakeClock(START);
    const at = run(new Pace(4, clock), clock, 12, async (slot, nth) => {
      await clock.sleep(nth < 4 ? 2_000 - nth * 263 : 0);
      slot.sent();
    });
    await clock.advance(20_000);
    expect(at.filter((time) => time < 2_001)).toHaveLength(4);
    expect(busiestSecond(at)).toBe(4);
  });

  test("the next one keeps its distance from the real send, not from the permission", async () => {
    const clock = fakeClock(START);
    const at = run(new Pace(4, clock), clock, 2, async (slot, nth) => {
      await clock.sleep(nth === 0 ? 200 : 0);
      slot.sent();
    });
    await clock.advance(1_000);
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(250);
  });

  test("a request that never reached the wire takes nothing from the window", async () => {
    const clock = fakeClock(START);
    const pace = new Pace(1, clock);
    run(pace, clock, 1, () => undefined);
    const at = run(pace, clock, 1);
    await clock.advance(1_100);
    expect(at).toEqual([1_050]);
  });

  test("0 means no spacing but a bound on calls in flight", async () => {
    const clock = fakeClock(START);
    const at = run(new Pace(0, clock), clock, 20, async (slot) => {
      slot.sent();
      await clock.sleep(100);
    });
    await clock.advance(99);
    expect(at).toHaveLength(MAX_IN_FLIGHT);
    await clock.advance(300);
    expect(at).toHaveLength(20);
  });

  test("a wall clock set back by an hour stops nothing", async () => {
    const clock = fakeClock(START);
    const pace = new Pace(1, clock);
    run(pace, clock, 1);
    await clock.advance(10);
    clock.step(-3_600_000);
    const at = run(pace, clock, 1);
    await clock.advance(2_000);
    expect(at).toHaveLength(1);
  });
});

test("the most urgent waiter gets the next slot, within one urgency the oldest", async () => {
  const clock = fakeClock(START);
  const pace = new Pace(10, clock);
  const order: string[] = [];
  const ask = (urgency: Urgency, name: string): void =>
    void pace.run(urgency, (slot) => (order.push(name), slot.sent()));
  ask("sweep", "first come");
  ask("sweep", "sweep 1");
  ask("sweep", "sweep 2");
  ask("grant", "grant");
  ask("lower", "lower");
  await clock.advance(110);
  ask("leaver", "leaver");
  await clock.advance(1_000);
  expect(order).toEqual(["first come", "lower", "leaver", "grant", "sweep 1", "sweep 2"]);
});

describe("when the server asks to slow down", () => {
  test("nothing is sent until then, then at half the rate, which recovers evenly", async () => {
    const clock = fakeClock(START);
    const at = run(new Pace(10, clock), clock, 600, (slot, nth) => {
      slot.sent();
      if (nth === 0) slot.throttled(5_000);
    });
    await clock.advance(60_000);
    expect(at[1]).toBeGreaterThanOrEqual(5_000);
    const inSecond = (second: number): number => at.filter((time) => Math.floor(time / 1_000) === second).length;
    expect(inSecond(6)).toBeLessThanOrEqual(6);
    expect(inSecond(20)).toBeGreaterThan(inSecond(6));
    expect(inSecond(40)).toBeGreaterThanOrEqual(9);
    expect(busiestSecond(at)).toBeLessThanOrEqual(10);
  });

  test("several 429s of one moment halve the rate once", async () => {
    const clock = fakeClock(START);
    const at = run(new Pace(0, clock), clock, 8, async (slot) => {
      slot.sent();
      await clock.sleep(10);
      slot.throttled(1_000);
    });
    await clock.advance(2_000);
    expect(at).toHaveLength(8);
    const paced = new Pace(10, clock);
    run(paced, clock, 5, async (slot) => {
      slot.sent();
      await clock.sleep(500);
      slot.throttled(1_000);
    });
    await clock.advance(2_500);
    const after = run(paced, clock, 20);
    await clock.advance(2_000);
    expect(after.length).toBeGreaterThanOrEqual(9);
    expect(after.length).toBeLessThanOrEqual(11);
  });

  test("without Retry-After the pause grows from one episode to the next, and a success resets it", async () => {
    const clock = fakeClock(START);
    const pace = new Pace(0, clock);
    const pauses: number[] = [];
    const once = async (throttled: boolean): Promise<void> => {
      const call = pace.run("grant", (slot) => {
        slot.sent();
        if (throttled) slot.throttled(undefined);
      });
      await clock.advance(0);
      await call;
      pauses.push(pace.pausedForMs());
      await clock.advance(pace.pausedForMs() + 1);
    };
    for (const throttled of [true, true, true, false, true]) await once(throttled);
    expect(pauses).toEqual([1_000, 2_000, 4_000, 0, 1_000]);
  });

  test("nobody is kept waiting through a long pause, and no pause is longer than ten minutes", async () => {
    const clock = fakeClock(START);
    const pace = new Pace(10, clock);
    run(pace, clock, 1, (slot) => slot.throttled(365 * 86_400_000));
    const waiting = pace.run("leaver", () => "sent").catch((error: unknown) => error);
    await clock.advance(1);
    const error = await waiting;
    expect(hasCode(error, "TARGET_RATE_LIMITED") && error.facts.retryAfterMs).toBe(600_000);
    await expect(pace.run("leaver", () => "sent")).rejects.toMatchObject({ code: "TARGET_RATE_LIMITED" });
    await clock.advance(600_000);
    await expect(pace.run("leaver", () => "sent")).resolves.toBe("sent");
  });
});

test("closing refuses who waits and who comes", async () => {
  const clock = fakeClock(START);
  const pace = new Pace(1, clock);
  run(pace, clock, 1);
  const waiting = expect(pace.run("sweep", () => "sent")).rejects.toMatchObject({ code: "TARGET_UNAVAILABLE" });
  pace.close();
  await waiting;
  await expect(pace.run("sweep", () => "sent")).rejects.toThrow("closed");
});
