import { expect, test } from "@jest/globals";
import { LONGEST_IDLE_MS, LONGEST_SESSION_MS, sessions } from "../../src/admin/access/session.js";

const TOKENS = { operate: "operate-token-of-tests", read: "read-token-of-tests" };

function at(start: number, tokens: { operate: string; read: string | undefined } = TOKENS) {
  const clock = { now: start };
  return { clock, ...sessions({ tokens, now: () => clock.now, newId: () => "0f8c2d3e" }) };
}

test("it ends when nobody uses it, and after some hours whoever does", () => {
  const { clock, begin, seal, open } = at(1_000_000);
  let cookie = seal(begin("operate"));
  clock.now += LONGEST_IDLE_MS;
  expect(open(cookie)).toBeUndefined();
  clock.now = 1_000_000;
  for (; clock.now < 1_000_000 + LONGEST_SESSION_MS; clock.now += LONGEST_IDLE_MS / 2) {
    const session = open(cookie);
    expect(session?.level).toBe("operate");
    if (session) cookie = seal(session);
  }
  expect(open(cookie)).toBeUndefined();
});

test("with another token it is over: the operator's for all, the read-only one for readers", () => {
  const { begin, seal } = at(0);
  const [operating, reading] = [seal(begin("operate")), seal(begin("read"))];
  const rotated = at(0, { ...TOKENS, operate: "another-token-of-tests" });
  expect([rotated.open(operating), rotated.open(reading)]).toEqual([undefined, undefined]);
  for (const read of ["another-reading-token", undefined]) {
    const others = at(0, { ...TOKENS, read });
    expect([others.open(operating)?.level, others.open(reading)]).toEqual(["operate", undefined]);
  }
});

test("a form's token is of its session and level only", () => {
  const { begin, formToken } = at(0);
  const session = begin("operate");
  expect(formToken(session)).toBe(formToken({ ...session, seen: 5 }));
  expect(formToken(session)).not.toBe(formToken({ ...session, level: "read" }));
  expect(formToken(session)).not.toBe(formToken({ ...session, id: "other" }));
});
