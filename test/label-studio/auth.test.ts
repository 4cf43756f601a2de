import { describe, expect, test } from "@jest/globals";
import { KEY, onBench, refusalOf, type Reply, type Script } from "./upstream.js";

const ME = { json: { id: 9, email: "bridge@acme.example", active_organization: 1 } };
const NOW_S = Date.parse("2026-05-01T08:00:00Z") / 1_000;

const jwt = (claims: object): string =>
  [{ alg: "HS256" }, claims, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");

const PAT = jwt({ token_type: "refresh", exp: NOW_S + 86_400 * 365, jti: "pat" });
const access = (nth: number, iat = NOW_S): string => jwt({ token_type: "access", iat, exp: iat + 300, jti: nth });

/** Issues access tokens 1, 2, 3 … and answers everything else by `api`. */
function issuing(api: (bearer: string | undefined) => Reply, iat = NOW_S): { script: Script; issued: () => number } {
  let issued = 0;
  const script: Script = (request) => {
    if (request.path !== "/api/token/refresh/") return api(request.headers.authorization);
    issued += 1;
    return { json: { access: access(issued, iat) } };
  };
  return { script, issued: () => issued };
}

describe("personal access token", () => {
  test("is exchanged once for many calls, without an Authorization header, and renewed before it ends", async () => {
    const { script, issued } = issuing(() => ME);
    await onBench(
      script,
      async ({ target, upstream, clock, events }) => {
        await Promise.all([target.whoAmI(), target.whoAmI(), target.whoAmI()]);
        expect(issued()).toBe(1);
        expect(upstream.received[0]).toMatchObject({ method: "POST", body: { refresh: PAT } });
        expect(upstream.received[0]?.headers.authorization).toBeUndefined();
        expect(upstream.received[1]?.headers.authorization).toBe(`Bearer ${access(1)}`);
        await clock.advance(260_000);
        await target.whoAmI();
        expect(issued()).toBe(1);
        await clock.advance(11_000);
        await expect(target.whoAmI()).resolves.toMatchObject({ keyKind: "personal access token" });
        expect(issued()).toBe(2);
        expect(events[0]).toMatchObject({ call: "token.refresh", outcome: "ok" });
        expect(JSON.stringify(events)).not.toContain(PAT);
      },
      { apiKey: PAT },
    );
  });

  test("a server whose clock is an hour behind does not cause a renewal before every call", async () => {
    const { script, issued } = issuing(() => ME, NOW_S - 3_600);
    await onBench(
      script,
      async ({ target }) => {
        await target.whoAmI();
        await target.whoAmI();
        expect(issued()).toBe(1);
      },
      { apiKey: PAT },
    );
  });

  test("any 401 renews once, for all who got it", async () => {
    const { script, issued } = issuing((bearer) => (bearer === `Bearer ${access(1)}` ? refusalOf(401, "expired") : ME));
    await onBench(
      script,
      async ({ target }) => {
        await Promise.all([target.whoAmI(), target.whoAmI(), target.whoAmI()]);
        expect(issued()).toBe(2);
      },
      { apiKey: PAT },
    );
  });

  test("a second 401 is TARGET_UNAUTHORIZED, without another try", async () => {
    const { script, issued } = issuing(() => refusalOf(401, "Authentication credentials were not provided."));
    await onBench(
      script,
      async ({ target, upstream }) => {
        await expect(target.whoAmI()).rejects.toMatchObject({ code: "TARGET_UNAUTHORIZED" });
        expect(issued()).toBe(2);
        expect(upstream.received).toHaveLength(4);
      },
      { apiKey: PAT },
    );
  });

  test.each([
    [401, "TARGET_UNAUTHORIZED"],
    [400, "TARGET_UNAVAILABLE"],
    [403, "TARGET_UNAVAILABLE"],
    [404, "TARGET_UNAVAILABLE"],
    [500, "TARGET_UNAVAILABLE"],
    [200, "TARGET_UNAVAILABLE"],
  ])("refresh answered %d: %s, one call", async (status, code) => {
    const script: Script = () => refusalOf(status, `Token ${PAT} is blacklisted`);
    await onBench(
      script,
      async ({ target, upstream }) => {
        const error: unknown = await target.whoAmI().catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code });
        expect(String(error)).toContain("token.refresh");
        expect(String(error)).not.toContain(PAT);
        expect(upstream.received).toHaveLength(1);
      },
      { apiKey: PAT },
    );
  });
});

test("legacy token: a 401 is TARGET_UNAUTHORIZED at once, and the key is in no message", async () => {
  const script: Script = () => refusalOf(401, `Invalid token ${KEY}.`);
  await onBench(script, async ({ target, upstream, events }) => {
    const error: unknown = await target.whoAmI().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "TARGET_UNAUTHORIZED" });
    expect(String(error)).toContain("Invalid token [secret].");
    expect(upstream.received).toHaveLength(1);
    expect(upstream.received[0]?.headers.authorization).toBe(`Token ${KEY}`);
    expect(events).toMatchObject([{ call: "whoami", outcome: "unauthorized", status: 401 }]);
  });
});

test.each(["a.b.c", "two.parts", "...", "x".repeat(40)])("%j is a legacy token", async (apiKey) => {
  await onBench(
    () => ME,
    async ({ target }) => {
      await expect(target.whoAmI()).resolves.toMatchObject({ keyKind: "legacy token" });
    },
    { apiKey },
  );
});
