import { expect, test } from "@jest/globals";
import { BridgeError } from "../../src/errors.js";
import { startTelemetry } from "../../src/telemetry/index.js";

const toldOf = (error: unknown): Record<string, unknown> => {
  let line = "";
  startTelemetry({ level: "info", destination: { write: (text) => (line = text) } }).emit({
    kind: "loop-fault",
    error,
  });
  return (JSON.parse(line) as { error: Record<string, unknown> }).error;
};

test.each([
  ["a database that is away", { code: "ECONNREFUSED" }, "ECONNREFUSED"],
  ["a disk that is full", { code: "ERR_SQLITE_ERROR", errcode: 13 }, 13],
  ["what has no code", {}, "Error"],
])("a fault says by a code what has led to it, and in nobody's words: %s", (_what, codes, because) => {
  const cause = Object.assign(new Error("kim@acme.example is in the way"), codes);
  const told = toldOf(new BridgeError("STORE_UNAVAILABLE", `The database cannot answer: ${cause.message}`, { cause }));
  expect(told).toMatchObject({ name: "BridgeError", code: "STORE_UNAVAILABLE", because });
  expect(JSON.stringify(told)).not.toContain("kim");
});
