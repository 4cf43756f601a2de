import { describe, expect, test } from "@jest/globals";
import { readConfig } from "../src/config.js";

const REQUIRED = {
  LABEL_STUDIO_URL: "https://ls.example",
  LABEL_STUDIO_API_KEY: "k",
  SCIM_BEARER_TOKEN: "t".repeat(16),
};

describe("RECONCILE_INTERVAL", () => {
  const read = (RECONCILE_INTERVAL: string) => readConfig({ ...REQUIRED, RECONCILE_INTERVAL });

  test.each([
    ["", 3_600_000],
    ["15m", 900_000],
    ["1h", 3_600_000],
    [" 90 S ", 90_000],
    ["7d", 604_800_000],
    ["0", undefined],
    ["off", undefined],
  ])("%j", (text, reconcileIntervalMs) => {
    expect(read(text)).toMatchObject({ kind: "config", config: { reconcileIntervalMs } });
  });

  test.each(["15", "1.5h", "-1h", "1w", "8d", "often", "1h30m"])("%j is a problem", (text) => {
    const problem = "RECONCILE_INTERVAL must be a duration from 1s to 7d such as 15m or 1h, or 0 or off for never";
    expect(read(text)).toEqual({ kind: "problems", problems: [`${problem}, not ${JSON.stringify(text)}.`] });
  });
});

test("a token is as long as one can be compared, and no longer", () => {
  const read = (length: number) =>
    readConfig({ ...REQUIRED, SCIM_BEARER_TOKEN: `another-of-them-,${"x".repeat(length)}` });
  expect(read(1_024)).toMatchObject({ kind: "config" });
  expect(read(1_025)).toEqual({
    kind: "problems",
    problems: ["SCIM_BEARER_TOKEN holds a token of more than 1024 bytes."],
  });
});
