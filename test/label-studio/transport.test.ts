import { getEventListeners } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { MockAgent, request } from "undici";
import { BridgeError } from "../../src/errors.js";
import { connectLabelStudio } from "../../src/label-studio/index.js";
import { fakeClock } from "../support/fake-clock.js";
import { KEY, onBench, page, refusalOf, row, type Script } from "./upstream.js";

const ME = { json: { id: 9, email: "bridge@acme.example", active_organization: 1 } };
const setRole = { kind: "set-role", userId: 7, email: "p7@acme.example", from: "AN", role: "RE" } as const;

const caught = async (call: Promise<unknown>): Promise<BridgeError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof BridgeError) return error;
  throw new Error(`expected a BridgeError, got ${String(error)}`);
};

describe("reading is tried three times, with backoff", () => {
  const faults: readonly (readonly [string, Script])[] = [
    ["500", () => refusalOf(500, "boom")],
    ["502 of a gateway", () => ({ status: 502, text: "<html>bad gateway</html>" })],
    ["408", () => ({ status: 408 })],
    ["a reset", () => (response) => void response.socket?.destroy()],
    ["HTML with 200", () => ({ text: "<html>log in</html>" })],
    ["truncated JSON", () => ({ text: '{"id":9,"em' })],
    [
      "a body cut short",
      () => (response) => {
        response.writeHead(200, { "content-length": "1000" }).write('{"id":9');
        setTimeout(() => response.socket?.destroy(), 5);
      },
    ],
  ];

  test.each(faults)("%s twice, then the answer", async (_name, fault) => {
    const script: Script = (request, nth) => (nth <= 2 ? fault(request, nth) : ME);
    await onBench(script, async ({ target, upstream, drive, events }) => {
      await expect(drive(target.whoAmI())).resolves.toMatchObject({ userId: 9 });
      expect(upstream.received).toHaveLength(3);
      const outcomes = events.map((event) => event.kind === "upstream-call" && event.outcome);
      expect(outcomes).toEqual(["unavailable", "unavailable", "ok"]);
    });
  });

  test.each(faults)("%s for ever is TARGET_UNAVAILABLE", async (_name, fault) => {
    await onBench(fault, async ({ target, upstream, drive }) => {
      const error = await caught(drive(target.whoAmI()));
      expect(error.code).toBe("TARGET_UNAVAILABLE");
      expect(error.message).toContain("whoami (GET /api/current-user/whoami)");
      expect(error.message).not.toContain("<html");
      expect(upstream.received).toHaveLength(3);
    });
  });

  test.each(faults)("writing is sent once: %s", async (_name, fault) => {
    await onBench(fault, async ({ target, upstream, drive }) => {
      expect((await caught(drive(target.apply(setRole, "grant")))).code).toBe("TARGET_UNAVAILABLE");
      expect(upstream.received).toHaveLength(1);
    });
  });
});

test("many reads that back off at once do not look like a leak of listeners, and end with the connection", async () => {
  const clock = fakeClock();
  let resting = 0;
  let mostOnOne = 0;
  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    const slept = clock.sleep(ms, signal);
    if (signal) mostOnOne = Math.max(mostOnOne, getEventListeners(signal, "abort").length);
    const isRest = ms < 1_000;
    if (isRest) resting += 1;
    await slept;
    if (isRest) resting -= 1;
  };
  await onBench(
    () => refusalOf(500, "boom"),
    async ({ target }) => {
      const calls = Array.from({ length: 25 }, () => caught(target.whoAmI()));
      while (resting < calls.length) await new Promise((resolve) => setTimeout(resolve, 2));
      await target.close();
      expect((await Promise.all(calls)).map(({ code }) => code)).toEqual(Array(25).fill("TARGET_UNAVAILABLE"));
      // Node warns of more than ten: MaxListenersExceededWarning.
      expect(mostOnOne).toBe(1);
    },
    { clock: { now: () => clock.now(), sleep } },
  );
});

test("the whole call, body included, is over after the timeout", async () => {
  const slow: Script = () => (response) => void response.writeHead(200).write('{"id":');
  await onBench(slow, async ({ target, upstream, clock }) => {
    const call = caught(target.apply(setRole, "grant"));
    while (upstream.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    let over = false;
    void call.then(() => (over = true));
    await clock.advance(9_999);
    expect(over).toBe(false);
    await clock.advance(1);
    expect((await call).message).toContain("no complete answer within 10000 ms");
  });
});

test("a redirect is never followed", async () => {
  const script: Script = () => ({ status: 302, headers: { location: "https://login.example/?next=secret" } });
  await onBench(script, async ({ target, upstream, drive }) => {
    const error = await caught(drive(target.whoAmI()));
    expect(error).toMatchObject({ code: "TARGET_UNAVAILABLE" });
    expect(error.message).toMatch(/redirect to https:\/\/login\.example, .*check LABEL_STUDIO_URL/);
    expect(error.message).not.toContain("secret");
    expect(upstream.received).toHaveLength(1);
  });
});

test("a runaway answer is cut off", async () => {
  const chunk = "x".repeat(1024 * 1024);
  const flood: Script = () => (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const write = (): void => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once("drain", write);
    };
    write();
  };
  await onBench(flood, async ({ target }) => {
    expect((await caught(target.apply(setRole, "grant"))).message).toContain("larger than 33554432 bytes");
  });
});

test("nobody listens", async () => {
  const options = { organizationId: 1, maxRps: 0, clock: fakeClock(), emit: () => undefined, random: () => 0 };
  const target = connectLabelStudio({ ...options, url: "http://127.0.0.1:1", apiKey: KEY });
  const error = await caught(target.apply(setRole, "grant"));
  expect(error).toMatchObject({ code: "TARGET_UNAVAILABLE" });
  expect(error.message).toContain("ECONNREFUSED");
  await target.close();
});

describe("429", () => {
  test.each([
    ["seconds", () => ({ "retry-after": "3" })],
    [
      "a date, by the server's clock",
      () => ({ date: "Fri, 01 May 2020 08:00:00 GMT", "retry-after": "Fri, 01 May 2020 08:00:03 GMT" }),
    ],
  ])("%s: nothing is sent until then, and a write is repeated", async (_name, headers) => {
    const sentAt: number[] = [];
    let now = (): number => 0;
    const script: Script = (_request, nth) => {
      sentAt.push(now());
      return nth === 1 ? { status: 429, headers: headers() } : { json: row(7, "RE") };
    };
    await onBench(script, async ({ target, drive, clock, events }) => {
      now = () => clock.now();
      await expect(drive(target.apply(setRole, "grant"))).resolves.toMatchObject({ userId: 7, role: "RE" });
      expect((sentAt[1] ?? 0) - (sentAt[0] ?? 0)).toBeGreaterThanOrEqual(3_000);
      expect(events).toMatchObject([{ outcome: "rate-limited", status: 429 }, { outcome: "ok" }]);
    });
  });

  test("for ever is TARGET_RATE_LIMITED after three repeats", async () => {
    await onBench(
      () => ({ status: 429, headers: { "retry-after": "1" } }),
      async ({ target, upstream, drive }) => {
        const error = await caught(drive(target.apply(setRole, "grant")));
        expect(error).toMatchObject({ code: "TARGET_RATE_LIMITED", facts: { retryAfterMs: 1_000 } });
        expect(upstream.received).toHaveLength(4);
      },
    );
  });

  test("a long Retry-After is handed to the caller at once", async () => {
    await onBench(
      () => ({ status: 429, headers: { "retry-after": "120" } }),
      async ({ target, upstream }) => {
        const error = await caught(target.apply(setRole, "grant"));
        expect(error).toMatchObject({ code: "TARGET_RATE_LIMITED", facts: { retryAfterMs: 120_000 } });
        await caught(target.whoAmI());
        expect(upstream.received).toHaveLength(1);
      },
    );
  });

  test("503 with Retry-After stops the pace too, and a write is left to the caller", async () => {
    const script: Script = (_request, nth) =>
      nth === 1 ? { status: 503, headers: { "retry-after": "2" } } : { json: row(7, "RE") };
    await onBench(script, async ({ target, drive, clock }) => {
      const error = await caught(drive(target.apply(setRole, "grant")));
      expect(error).toMatchObject({ code: "TARGET_UNAVAILABLE", facts: { retryAfterMs: 2_000 } });
      const before = clock.now();
      await drive(target.apply(setRole, "grant"));
      expect(clock.now() - before).toBeGreaterThanOrEqual(1_900);
    });
  });
});

test.each([
  ["", ""],
  ["/", ""],
  ["", "/label-studio"],
  ["//", "/label-studio"],
])("base URL with %j behind prefix %j", async (suffix, prefix) => {
  await onBench(
    () => ME,
    async ({ upstream, clock }) => {
      const options = {
        organizationId: undefined,
        maxRps: 0,
        clock,
        emit: () => undefined,
        random: () => 0,
        apiKey: ` ${KEY}\n`,
      };
      const target = connectLabelStudio({ ...options, url: upstream.url + suffix });
      await target.whoAmI();
      expect(upstream.received).toMatchObject([
        { path: "/api/current-user/whoami", headers: { authorization: `Token ${KEY}` } },
      ]);
      await target.close();
    },
    {},
    prefix,
  );
});

test("the pace holds as the server sees it, while connections are being opened", async () => {
  const arrivals: number[] = [];
  const script: Script = () => {
    arrivals.push(performance.now());
    return ME;
  };
  const clock = { now: () => Date.now(), sleep: (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms)) };
  // A busy machine may hold up both ends for longer than the pace has in reserve.
  let [heldUpMs, beatAt] = [0, performance.now()];
  const heart = setInterval(() => {
    heldUpMs = Math.max(heldUpMs, performance.now() - beatAt - 10);
    beatAt = performance.now();
  }, 5);
  await onBench(
    script,
    async ({ target }) => {
      await Promise.all(Array.from({ length: 24 }, () => target.whoAmI()));
      clearInterval(heart);
      const windowMs = 1_000 - heldUpMs;
      const inWindow = arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + windowMs).length);
      expect(Math.max(...inWindow)).toBeLessThanOrEqual(20);
    },
    { maxRps: 20, clock, timeoutMs: 1_000 },
  );
});

test("works on a given dispatcher, which stays open", async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const pool = agent.get("https://ls.example");
  pool
    .intercept({ path: "/api/organizations/1/memberships?search=a%2Bb%40x.example&page=1&page_size=100" })
    .reply(200, {
      count: 1,
      results: [row(7, "AN", "A+B@x.example")],
    });
  const options = {
    organizationId: 1,
    maxRps: 5,
    clock: fakeClock(),
    emit: () => undefined,
    random: () => 0,
    apiKey: KEY,
  };
  const target = connectLabelStudio({ ...options, url: "https://ls.example/", dispatcher: agent });
  await expect(target.findByEmail("a+b@x.example", "grant")).resolves.toMatchObject({ userId: 7, role: "AN" });
  await target.close();
  pool.intercept({ path: "/still-open" }).reply(204);
  expect((await request("https://ls.example/still-open", { dispatcher: agent })).statusCode).toBe(204);
  agent.assertNoPendingInterceptors();
  await agent.close();
});

test("closing ends the calls that are on their way", async () => {
  const silent: Script = () => () => undefined;
  await onBench(silent, async ({ target, upstream }) => {
    const call = caught(target.apply(setRole, "leaver"));
    while (upstream.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    await target.close();
    expect((await call).code).toBe("TARGET_UNAVAILABLE");
  });
});

test("after closing nothing is sent", async () => {
  await onBench(
    () => page(0, []),
    async ({ target, upstream }) => {
      await target.close();
      expect((await caught(target.owners("leaver"))).code).toBe("TARGET_UNAVAILABLE");
      expect(upstream.received).toEqual([]);
    },
  );
});
